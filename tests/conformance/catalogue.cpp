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
constexpr std::string_view no_zero_timeout =
    "a time of 0 would be a message to oneself, which is what one sends then";
constexpr std::string_view no_remote_stop =
    "an actor of another node is not stopped from outside: it is asked to end by a message, or its "
    "supervisor is (terminate_child)";
constexpr std::string_view no_collection =
    "an answer is a future, not a message to be picked from a mailbox: each is waited for, or calls back";
constexpr std::string_view no_latency = "is a measurement: tests/bench";

constexpr std::string_view sup = "OTP: supervisor_SUITE";
constexpr std::string_view gen = "OTP: gen_server_SUITE";
constexpr std::string_view sig = "OTP: signal_SUITE, distribution_SUITE, erl_link_SUITE";
constexpr std::string_view ours = "Ours";
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
      {sup, "administration", "child_unlink",
       "there is no link that a child could cut: it belongs to its supervisor for life"},
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

      {pekko, "", "stable_ref"},
      {pekko, "", "kept_mailbox"},
      {pekko, "", "failing_message_lost"},
      {pekko, "", "children_stopped_on_restart"},
      {pekko, "", "timers_cancelled"},
      {pekko, "", "pre_restart_hook_order"},
      {pekko, "", "pre_restart_that_throws"},
      {pekko, "", "terminated_once"},
      {pekko, "", "terminated_if_dead"},
      {pekko, "", "death_pact"},
      {pekko, "", "default_stop"},
      {pekko, "", "strategy_by_exception"},
      {pekko, "", "escalate"},
      {pekko, "", "limit"},
      {pekko, "", "backoff"},
      {pekko, "", "stop_while_backing_off"},
      {pekko, "", "first_start_fails"},

      {ours, "", "random_administration"},
      {ours, "", "exit_normal"},
      {ours, "", "link_kill"},
      {ours, "", "link_restart"},
      {ours, "", "random_links"},
      {ours, "", "far_administration"},

      {gen, "start and end", "start"},
      {gen, "start and end", "start_event_timeout"},
      {gen, "start and end", "start_event_timeout_zero", no_zero_timeout},
      {gen, "start and end", "stop1"},
      {gen, "start and end", "stop2"},
      {gen, "start and end", "stop3", "a time that is none does not compile"},
      {gen, "start and end", "stop4"},
      {gen, "start and end", "stop5", "a path without a node is one of this node: stop4"},
      {gen, "start and end", "stop6", no_global_names},
      {gen, "start and end", "stop7", no_global_names},
      {gen, "start and end", "stop8", no_remote_stop},
      {gen, "start and end", "stop9", no_remote_stop},
      {gen, "start and end", "stop10", no_global_names},
      {gen, "start and end", "crash"},
      {gen, "start and end", "loop_start_fail"},
      {gen, "calls and casts", "call"},
      {gen, "calls and casts", "send_request"},
      {gen, "calls and casts", "send_request_receive_reqid_collection"},
      {gen, "calls and casts", "send_request_wait_reqid_collection", no_collection},
      {gen, "calls and casts", "send_request_check_reqid_collection", no_collection},
      {gen, "calls and casts", "cast"},
      {gen, "calls and casts", "cast_fast"},
      {gen, "calls and casts", "info"},
      {gen, "calls and casts", "abcast", no_multi_node_call},
      {gen, "calls and casts", "continue"},
      {gen, "calls and casts", "handle_event_timeout"},
      {gen, "calls and casts", "handle_event_timeout_zero", no_zero_timeout},
      {gen, "calls and casts", "handle_event_timeout_plain",
       "there is one kind of timeout, and a message of any kind begins it anew: handle_event_timeout"},
      {gen, "calls and casts", "multicall", no_multi_node_call},
      {gen, "calls and casts", "multicall_down", no_multi_node_call},
      {gen, "calls and casts", "multicall_remote", no_multi_node_call},
      {gen, "calls and casts", "multicall_remote_old1", old_peers},
      {gen, "calls and casts", "multicall_remote_old2", old_peers},
      {gen, "calls and casts", "multicall_recv_opt_success", no_multi_node_call},
      {gen, "calls and casts", "multicall_recv_opt_timeout", no_multi_node_call},
      {gen, "calls and casts", "multicall_recv_opt_noconnection", no_multi_node_call},
      {gen, "calls and casts", "call_remote1", no_global_names},
      {gen, "calls and casts", "call_remote2"},
      {gen, "calls and casts", "call_remote3"},
      {gen, "calls and casts", "call_remote_n1", no_global_names},
      {gen, "calls and casts", "call_remote_n2"},
      {gen, "calls and casts", "call_remote_n3"},
      {gen, "calls and casts", "calling_self"},
      {gen, "calls and casts", "call_with_huge_message_queue"},
      {gen, "calls and casts", "reply_by_alias_with_payload"},
      {gen, "the rest", "spec_init", no_enter_loop},
      {gen, "the rest", "spec_init_local_registered_parent", no_enter_loop},
      {gen, "the rest", "spec_init_global_registered_parent", no_enter_loop},
      {gen, "the rest", "otp_5854", no_enter_loop},
      {gen, "the rest", "hibernate", no_hibernation},
      {gen, "the rest", "auto_hibernate", no_hibernation},
      {gen, "the rest", "otp_7669"},
      {gen, "the rest", "call_format_status"},
      {gen, "the rest", "error_format_status", no_format_status},
      {gen, "the rest", "terminate_crash_format", no_format_status},
      {gen, "the rest", "crash_in_format_status"},
      {gen, "the rest", "throw_in_format_status"},
      {gen, "the rest", "format_all_status", no_format_status},
      {gen, "the rest", "get_state"},
      {gen, "the rest", "replace_state",
       "a state is an object whose class answers for it: who wants another restarts it, or sends a message "
       "that its class has"},
      {gen, "the rest", "undef_handle_call", no_missing_handler},
      {gen, "the rest", "undef_handle_cast", no_missing_handler},
      {gen, "the rest", "undef_handle_info"},
      {gen, "the rest", "undef_handle_continue", no_missing_handler},
      {gen, "the rest", "undef_init", no_missing_handler},
      {gen, "the rest", "undef_code_change", no_code_change},
      {gen, "the rest", "undef_terminate1", "on_stop may be left out: what is left out is nothing"},
      {gen, "the rest", "undef_terminate2", "on_stop may be left out: what is left out is nothing"},
      {gen, "the rest", "undef_in_terminate"},
      {gen, "the rest", "undef_in_handle_info"},
      {gen, "the rest", "format_log_1", no_reports},
      {gen, "the rest", "format_log_2", no_reports},
      {gen, "the rest", "format_log_with_process_label", no_reports},

      {sig, "", "xm_sig_order"},
      {sig, "", "xm_sig_order_remote"},
      {sig, "", "kill2killed"},
      {sig, "", "bad_dist_structure", hostile_bytes},
      {sig, "", "bad_dist_fragments", hostile_bytes},
      {sig, "", "bad_dist_ext_receive", hostile_bytes},
      {sig, "", "bad_dist_ext_process_info", hostile_bytes},
      {sig, "", "bad_dist_ext_size", hostile_bytes},
      {sig, "", "bad_dist_ext_control", hostile_bytes},
      {sig, "", "bad_dist_ext_connection_id", hostile_bytes},
      {sig, "", "link_to_busy"},
      {sig, "", "exit_to_busy"},
      {sig, "", "lost_exit"},
      {sig, "", "link_to_dead"},
      {sig, "", "message_latency_large_message", no_latency},
      {sig, "", "message_latency_large_link_exit", no_latency},
      {sig, "", "message_latency_large_monitor_exit", no_latency},
      {sig, "", "message_latency_large_exit2", no_latency},
      {sig, "", "links"},
      {sig, "", "dist_links"},
      {sig, "", "monitor_nodes",
       "that a node is gone is an event (peer_down), and the `terminated` of each actor of it that is "
       "watched"},
      {sig, "", "process_monitors"},
      {sig, "", "dist_process_monitors"},
      {sig, "", "busy_dist_port_monitor"},
      {sig, "", "busy_dist_port_link"},
      {sig, "", "otp_5772_link"},
      {sig, "", "otp_5772_dist_link"},
      {sig, "", "otp_5772_monitor"},
      {sig, "", "otp_5772_dist_monitor"},
      {sig, "", "otp_7946"},
  };
  return all;
}

}  // namespace conformance
