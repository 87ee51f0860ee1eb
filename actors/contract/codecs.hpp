// All codecs of the house at once. A header that asks whether a type has one includes this, so that the
// answer does not depend on the order of includes.
#pragma once

#include <troupe/contract/codec.hpp>
#include <troupe/contract/codec_blob.hpp>
#include <troupe/contract/codec_error.hpp>
#include <troupe/contract/codec_map.hpp>
#include <troupe/contract/codec_std.hpp>
#include <troupe/contract/codec_struct.hpp>
#include <troupe/contract/unit.hpp>
