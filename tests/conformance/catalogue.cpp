#include "conformance/catalogue.hpp"

namespace conformance {

namespace {

// Reasons that several cases share.
constexpr std::string_view no_code_change =
    "there is no code that changes while it runs: what a supervisor was told is changed by messages "
    "(set_strategy, "
    "set_restart_limit, replace_child)";
constexpr std::string_view no_global_names =
    "there are no global names: a ref by path names the node (remoting), and a receptionist finds services";
constexpr std::string_view no_extra =
    "a start has no result but the child: what it has to say it says when it is asked";
constexpr std::string_view no_reports =
    "there are no report terms to be formatted: each decision is an event with a line of text "
    "(runtime/observe)";
constexpr std::string_view no_enter_loop =
    "an actor is made by the runtime: there is no way to turn a process into a server afterwards";
constexpr std::string_view no_missing_handler =
    "a handler that is missing is an error of the compiler (tests/promises/missing_handler)";
constexpr std::string_view no_hibernation =
    "nothing to be put to sleep: an idle actor has no stack and no heap of its own (304 bytes)";
constexpr std::string_view no_format_status =
    "a failure tells the exception and the message, never the state, so there is no state to be formatted";
constexpr std::string_view no_multi_node_call =
    "there is no call to one name on many nodes: asks go to refs, and routers and topics to groups of them";
constexpr std::string_view old_peers = "is about nodes of old releases of OTP";
constexpr std::string_view hostile_bytes =
    "is about bytes of Erlang's distribution; ours are in tests/unit/wire, tests/fuzz and "
    "tests/scenario/hostile_test.cpp";
constexpr std::string_view no_links =
    "there are no links: who wants to end with somebody watches, and fails on an end it does not handle (L4)";

constexpr std::string_view sup = "OTP: supervisor_SUITE";
constexpr std::string_view gen = "OTP: gen_server_SUITE";
constexpr std::string_view sig = "OTP: signal_SUITE, distribution_SUITE, erl_link_SUITE";
constexpr std::string_view pekko = "Pekko: typed supervision";

}  // namespace

const std::vector<known_case>& catalogue() {
  static const std::vector<known_case> all{
      {sup, "start", "sup_start_normal"},
      {sup, "start", "sup_start_ignore_init",
       "a supervisor is data: it has no callback that could ignore its start"},
      {sup, "start", "sup_start_ignore_child"},
      {sup, "start", "sup_start_ignore_temporary_child"},
      {sup, "start", "sup_start_ignore_temporary_child_start_child"},
      {sup, "start", "sup_start_ignore_temporary_child_start_child_simple"},
      {sup, "start", "sup_start_ignore_permanent_child_start_child_simple"},
      {sup, "start", "sup_start_error_return"},
      {sup, "start", "sup_start_fail"},
      {sup, "start", "sup_start_child_returns_error"},
      {sup, "start", "sup_start_restart_child_returns_error"},
      {sup, "start", "sup_start_child_returns_error_simple"},
      {sup, "start", "sup_start_map"},
      {sup, "start", "sup_start_map_simple"},
      {sup, "start", "sup_start_map_faulty_specs"},

      {sup, "stop", "sup_stop_infinity"},
      {sup, "stop", "sup_stop_timeout"},
      {sup, "stop", "sup_stop_timeout_dynamic"},
      {sup, "stop", "sup_stop_brutal_kill"},
      {sup, "stop", "sup_stop_brutal_kill_dynamic"},
      {sup, "stop", "sup_stop_race"},
      {sup, "stop", "sup_stop_non_shutdown_exit_dynamic"},

      {sup, "exits", "external_start_no_progress_log",
       "there are no progress reports: a start that went well is told to who wanted it"},
      {sup, "exits", "permanent_normal"},
      {sup, "exits", "transient_normal"},
      {sup, "exits", "temporary_normal"},
      {sup, "exits", "permanent_shutdown"},
      {sup, "exits", "transient_shutdown"},
      {sup, "exits", "temporary_shutdown"},
      {sup, "exits", "faulty_application_shutdown"},
      {sup, "exits", "permanent_abnormal"},
      {sup, "exits", "transient_abnormal"},
      {sup, "exits", "temporary_abnormal"},

      {sup, "restart", "one_for_one"},
      {sup, "restart", "one_for_one_escalation"},
      {sup, "restart", "one_for_all"},
      {sup, "restart", "one_for_all_escalation"},
      {sup, "restart", "one_for_all_other_child_fails_restart"},
      {sup, "restart", "rest_for_one"},
      {sup, "restart", "rest_for_one_escalation"},
      {sup, "restart", "rest_for_one_other_child_fails_restart"},
      {sup, "restart", "simple_one_for_one"},
      {sup, "restart", "simple_one_for_one_shutdown"},
      {sup, "restart", "simple_one_for_one_extra", no_extra},
      {sup, "restart", "simple_one_for_one_escalation"},
      {sup, "restart", "simple_one_for_one_corruption"},
      {sup, "restart", "simple_one_for_one_restart_ignore"},

      {sup, "significant", "nonsignificant_temporary"},
      {sup, "significant", "nonsignificant_transient"},
      {sup, "significant", "significant_temporary"},
      {sup, "significant", "significant_transient"},
      {sup, "significant", "significant_simple"},
      {sup, "significant", "significant_bystander"},
      {sup, "significant", "significant_escalation"},
      {sup, "significant", "significant_upgrade_never_any", no_code_change},
      {sup, "significant", "significant_upgrade_any_never", no_code_change},
      {sup, "significant", "significant_upgrade_never_all", no_code_change},
      {sup, "significant", "significant_upgrade_all_never", no_code_change},
      {sup, "significant", "significant_upgrade_any_all", no_code_change},
      {sup, "significant", "significant_upgrade_all_any", no_code_change},
      {sup, "significant", "significant_upgrade_child", no_code_change},

      {sup, "administration", "child_adm"},
      {sup, "administration", "child_adm_simple"},
      {sup, "administration", "extra_return", no_extra},
      {sup, "administration", "child_specs"},
      {sup, "administration", "child_specs_map"},
      {sup, "administration", "sup_flags"},
      {sup, "administration", "multiple_restarts"},
      {sup, "administration", "child_unlink"},
      {sup, "administration", "tree"},
      {sup, "administration", "count_children"},
      {sup, "administration", "count_children_supervisor"},
      {sup, "administration", "count_restarting_children"},
      {sup, "administration", "get_callback_module", "a supervisor is data: it has no callback module"},
      {sup, "administration", "do_not_save_start_parameters_for_temporary_children"},
      {sup, "administration", "do_not_save_child_specs_for_temporary_children"},
      {sup, "administration", "temporary_bystander"},
      {sup, "administration", "simple_global_supervisor", no_global_names},
      {sup, "administration", "hanging_restart_loop"},
      {sup, "administration", "hanging_restart_loop_rest_for_one"},
      {sup, "administration", "hanging_restart_loop_simple"},
      {sup, "administration", "code_change", no_code_change},
      {sup, "administration", "code_change_map", no_code_change},
      {sup, "administration", "code_change_simple", no_code_change},
      {sup, "administration", "code_change_simple_map", no_code_change},
      {sup, "administration", "order_of_children"},
      {sup, "administration", "format_log_1", no_reports},
      {sup, "administration", "format_log_2", no_reports},
      {sup, "administration", "already_started_outside_supervisor",
       "a child is made by its supervisor alone: its factory can't hand over somebody who lives already"},
      {sup, "administration", "which_children"},
      {sup, "administration", "which_children_simple_one_for_one"},

      {sup, "scale", "simple_one_for_one_scale_many_temporary_children"},
      {sup, "scale", "scale_start_stop_many_children"},
  };
  return all;
}

}  // namespace conformance
