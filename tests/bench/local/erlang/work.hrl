%% The fixed numbers of the scenarios; measure/work.hpp says the same to C++.
-define(CROWD_BATCH, 1000).
-define(FANIN_SENDERS, 4).
-define(RING_ACTORS, 100).
-define(ASK_TIMEOUT_MS, 10000).
