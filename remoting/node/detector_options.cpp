#include <string>
#include <troupe/config/config.hpp>
#include <troupe/detector/quantile.hpp>
#include <troupe/node/detector_options.hpp>

namespace troupe {

namespace {

// Whoever only lowers the limit gets a fixed one, which is his right. Whoever asks for a pause gets it, or is told why not.
std::string pause_mistake(const config& c) {
  const duration pause = c.get_duration("node.detector.acceptable_pause");
  const duration limit = c.get_duration("node.heartbeat_limit");
  if (pause < limit || pause == detector_settings{}.acceptable_pause) return {};
  return "expected node.detector.acceptable_pause to be less than node.heartbeat_limit, which ends every "
         "silence; "
         "they are " +
         to_plain(pause) + " and " + to_plain(limit);
}

}  // namespace

void add_detector_keys(config_schema& s) {
  const detector_settings usual;
  s.real("node.detector.threshold")
      .def(usual.threshold)
      .range(detector::phi_min, detector::phi_max)
      .help("phi from which a silent peer is unreachable: at 8 one in 10^8 usual silences");
  s.duration("node.detector.acceptable_pause")
      .def(usual.acceptable_pause)
      .range(duration::zero(), detector_settings::longest)
      .help("silence that is forgiven on top of what is usual of a peer");
  s.duration("node.detector.min_deviation")
      .def(usual.min_deviation)
      .range(milliseconds{1}, detector_settings::longest)
      .help("deviation of a peer's silences that is taken at least");
  s.integer("node.detector.samples_max")
      .def(static_cast<std::int64_t>(usual.samples_max))
      .range(2, static_cast<std::int64_t>(detector_settings::samples_most))
      .help("silences of a peer that are remembered");
  s.relate({"node.detector.acceptable_pause", "node.heartbeat_limit"}, pause_mistake);
}

detector_settings detector_settings_from(const config& c) {
  return {.threshold = c.get_real("node.detector.threshold"),
          .acceptable_pause = c.get_duration("node.detector.acceptable_pause"),
          .min_deviation = c.get_duration("node.detector.min_deviation"),
          .samples_max = static_cast<std::size_t>(c.get_int("node.detector.samples_max"))};
}

}  // namespace troupe
