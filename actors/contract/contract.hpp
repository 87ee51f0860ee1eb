// Everything a message author needs: contracts, codecs, descriptors. Include this one and not the parts:
// which types have a codec must be the same in every translation unit, and each part alone sees only some of
// them.
#pragma once

#include <troupe/contract/codecs.hpp>
#include <troupe/contract/declare.hpp>
#include <troupe/contract/describe.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/contract/pack.hpp>
#include <troupe/contract/schema.hpp>
#include <troupe/contract/type_name.hpp>
#include <troupe/contract/unit.hpp>
