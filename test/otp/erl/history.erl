%% Runs histories of supervision trees under OTP's own supervisor: the judge of test/otp/erl/histories.test.ts.
%% Standard input has one history per line, an Erlang term {Tree, Steps} and a full stop. Standard output gets one line
%% per history: what was seen after each step, as run-here.ts writes it.
-module(history).
-behaviour(supervisor).
-export([main/0, init/1, start_sup/1, start_worker/1, start_dynamic/2]).

main() ->
    logger:set_primary_config(level, none),
    io:setopts(standard_io, [binary, {encoding, latin1}]),
    ets:new(history, [named_table, public, set]),
    loop().

loop() ->
    case io:get_line(standard_io, "") of
        eof -> halt(0);
        Line ->
            {ok, Tokens, _} = erl_scan:string(binary_to_list(Line)),
            {ok, {Tree, Steps}} = erl_parse:parse_term(Tokens),
            io:put_chars([run(Tree, Steps), $\n]),
            loop()
    end.

run(Tree, Steps) ->
    ets:delete_all_objects(history),
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() -> Self ! {self(), lists:join(" | ", play(Tree, Steps))} end),
    receive
        {Pid, Text} -> erlang:demonitor(Ref, [flush]), Text;
        {'DOWN', Ref, _, _, Reason} -> io_lib:format("the judge failed: ~0p", [Reason])
    end.

%% The process that plays is the parent of the root, so it traps exits.
play(Tree, Steps) ->
    process_flag(trap_exit, true),
    Logger = spawn_link(fun() -> logger([]) end),
    ets:insert(history, {logger, Logger}),
    Started = start_sup(Tree),
    settle(),
    First = seen("start", result(Started)),
    Rest = [step(Step) || Step <- Steps],
    Last = case Started of
        {ok, Root} ->
            Ref = erlang:monitor(process, Root),
            exit(Root, shutdown),
            receive {'DOWN', Ref, _, _, _} -> ok end,
            settle(),
            [seen("stop", "")];
        _ -> []
    end,
    [begin unlink(Pid), exit(Pid, kill) end || {{id, Pid}, _} <- ets:tab2list(history)],
    unlink(Logger),
    exit(Logger, kill),
    [First | Rest] ++ Last.

step(Step) ->
    Result = act(Step),
    settle(),
    seen(name(Step), Result).

name({die, Id, _}) -> ["die ", text(Id)];
name({start, Sup, _}) -> ["start ", text(Sup)];
name(Step) -> lists:join(" ", [text(Part) || Part <- tuple_to_list(Step)]).

act({die, Id, Reason}) -> on(Id, fun(Pid) -> leave(Pid, Reason) end);
act({kill, Id}) -> on(Id, fun(Pid) -> leave(Pid, kill) end);
act({kill_two, Id, Other}) ->
    case [Pid || Pid <- [pid(Id), pid(Other)], alive(Pid) =/= undefined] of
        [] -> "nobody";
        Pids ->
            Refs = [erlang:monitor(process, Pid) || Pid <- Pids],
            %% Ahead of all others, or the supervisor may hear of the first one before the second is told.
            Usual = process_flag(priority, high),
            [exit(Pid, kill) || Pid <- Pids],
            process_flag(priority, Usual),
            [receive {'DOWN', Ref, _, _, _} -> ok end || Ref <- Refs],
            ""
    end;
act({terminate, Sup, Id}) -> on_sup(Sup, fun(Pid) -> done(supervisor:terminate_child(Pid, Id)) end);
act({terminate_dynamic, Sup, Id}) ->
    on_sup(Sup, fun(Pid) ->
        case pid(Id) of
            undefined -> "nobody";
            Child -> done(supervisor:terminate_child(Pid, Child))
        end
    end);
act({restart, Sup, Id}) -> on_sup(Sup, fun(Pid) -> result(supervisor:restart_child(Pid, Id)) end);
act({delete, Sup, Id}) -> on_sup(Sup, fun(Pid) -> done(supervisor:delete_child(Pid, Id)) end);
act({start, Sup, Node}) -> on_sup(Sup, fun(Pid) -> result(supervisor:start_child(Pid, spec(Node))) end);
act({start_dynamic, Sup, Id}) -> on_sup(Sup, fun(Pid) -> result(supervisor:start_child(Pid, [Id])) end).

on(Id, Do) -> with(pid(Id), Do).

%% A worker may have been started under the id of a supervisor that is gone: it takes no such calls.
on_sup(Id, Do) -> with(look({sup, Id}), Do).

with(Given, Do) ->
    case alive(Given) of
        undefined -> "nobody";
        Pid -> try Do(Pid) catch exit:_ -> "gone" end
    end.

leave(Pid, Reason) ->
    Ref = erlang:monitor(process, Pid),
    case Reason of
        kill -> exit(Pid, kill);
        _ -> Pid ! {leave, Reason}
    end,
    %% One that stays after its supervisor was killed takes no messages any more.
    receive {'DOWN', Ref, _, _, _} -> "" after 200 -> erlang:demonitor(Ref, [flush]), "stuck" end.

done(ok) -> "ok";
done({error, Reason}) -> "error " ++ reason(Reason).

result({ok, undefined}) -> "ok ignore";
result({ok, _}) -> "ok";
result(ignore) -> "ignore";
result({error, {already_started, _}}) -> "error already_started";
result({error, Reason}) -> "error " ++ reason(Reason).

reason({shutdown, {failed_to_start_child, Id, Reason}}) ->
    lists:flatten(["failed_to_start_child ", text(Id), " ", reason(Reason)]);
reason({shutdown, What}) -> "shutdown:" ++ text(What);
reason({start_spec, What}) -> reason(What);
%% A start function that gives none of the results that it may: its error is the very value, ours names the function.
reason({bad_return, _}) -> "bad_return";
reason(rubbish) -> "bad_return";
reason({'EXIT', {What, _}}) -> "error:" ++ text(What);
reason({What, Stack}) when is_list(Stack) -> "error:" ++ text(What);
reason({What, _}) -> reason(What);
reason(Reason) -> text(Reason).

text(Atom) when is_atom(Atom) -> atom_to_list(Atom);
text(Other) -> lists:flatten(io_lib:format("~0p", [Other])).

%% Waits until nothing happens any more: everybody alive answers, and nothing was logged meanwhile. Also supervisors that
%% have a successor: below one that was killed, others still stop their children, in real time.
settle() -> settle(-1, 3).
settle(_, 0) -> ok;
settle(Count, Left) ->
    [catch supervisor:count_children(Pid) || {{was_sup, Pid}, _} <- ets:tab2list(history), is_process_alive(Pid)],
    erlang:yield(),
    case length(logged()) of
        Count -> settle(Count, Left - 1);
        More -> settle(More, 3)
    end.

logged() -> ask(read).
ask(What) ->
    [{logger, Logger}] = ets:lookup(history, logger),
    Ref = make_ref(),
    Logger ! {What, self(), Ref},
    receive {Ref, Reply} -> Reply end.

logger(Log) ->
    receive
        {read, From, Ref} -> From ! {Ref, Log}, logger(Log);
        {take, From, Ref} -> From ! {Ref, lists:reverse(Log)}, logger([]);
        {{log, Line}, From, Ref} -> From ! {Ref, ok}, logger([Line | Log]);
        {{watch, Id, Pid}, From, Ref} ->
            put(erlang:monitor(process, Pid), Id),
            From ! {Ref, ok},
            logger([["start ", text(Id)] | Log]);
        {'DOWN', Ref, _, _, Reason} -> logger([["end ", text(erase(Ref)), " ", reason(Reason)] | Log])
    end.

seen(What, Result) ->
    Events = lists:join("; ", ask(take)),
    Sups = lists:sort([{text(Id), Pid} || {{sup, Id}, Pid} <- ets:tab2list(history), is_process_alive(Pid)]),
    Trees = [[Name, "=", rows(Pid), " ", counts(Pid)] || {Name, Pid} <- Sups],
    [What, " -> ", Result, " [", Events, "] ", lists:join(" ", Trees)].

rows(Pid) ->
    Rows = [[row(Id, Child), state(Child)] || {Id, Child, _, _} <- supervisor:which_children(Pid)],
    ["(", lists:join(",", order(Pid, Rows)), ")"].

%% The order of dynamic children is that of a map: it says nothing.
order(Pid, Rows) ->
    case ets:lookup(history, {simple, Pid}) of
        [] -> Rows;
        _ -> lists:sort([lists:flatten(Row) || Row <- Rows])
    end.

row(undefined, Child) when is_pid(Child) ->
    text(look({id, Child}));
row(Id, _) -> text(Id).

state(Child) when is_pid(Child) -> "+";
state(restarting) -> "~";
state(undefined) -> "-".

counts(Pid) ->
    Counts = supervisor:count_children(Pid),
    [[integer_to_list(proplists:get_value(Key, Counts)), "/"] || Key <- [specs, active, supervisors, workers]].

%% Of the newest one that was started under this id.
pid(Id) -> look({pid, Id}).

look(Key) ->
    case ets:lookup(history, Key) of
        [{_, Value}] -> Value;
        [] -> undefined
    end.

alive(undefined) -> undefined;
alive(Pid) -> case is_process_alive(Pid) of true -> Pid; false -> undefined end.

watch(Id, Pid) ->
    ets:insert(history, [{{pid, Id}, Pid}, {{id, Pid}, Id}]),
    ask({watch, Id, Pid}).

%% {sup, Id, Options, Children} or {worker, Id, Options}; options are maps.
spec({sup, Id, Options, _} = Node) ->
    maps:merge(common(Id, Options), #{start => {?MODULE, start_sup, [Node]}, type => supervisor});
spec({worker, Id, Options} = Node) ->
    maps:merge(common(Id, Options), #{start => {?MODULE, start_worker, [Node]}}).

common(Id, Options) ->
    maps:merge(#{id => Id}, maps:with([restart, shutdown, significant], Options)).

start_sup({sup, Id, _, _} = Node) ->
    Result = supervisor:start_link(?MODULE, Node),
    case Result of
        {ok, Pid} ->
            ets:insert(history, [{{sup, Id}, Pid}, {{was_sup, Pid}, Id}]),
            watch(Id, Pid);
        ignore -> ask({log, ["ignore ", text(Id)]});
        _ -> ask({log, ["refused ", text(Id)]})
    end,
    Result.

init({sup, _, #{init := ignore}, _}) -> ignore;
init({sup, _, #{init := throws}, _}) -> error(boom);
init({sup, _, #{init := rubbish}, _}) -> rubbish;
init({sup, _, #{strategy := simple_one_for_one} = Options, [{worker, Id, Child}]}) ->
    ets:insert(history, {{simple, self()}, true}),
    Spec = maps:merge(common(Id, Child), #{start => {?MODULE, start_dynamic, [Child]}}),
    {ok, {flags(Options), [Spec]}};
init({sup, _, Options, Children}) -> {ok, {flags(Options), [spec(Child) || Child <- Children]}}.

flags(Options) ->
    maps:merge(#{period => 3600}, maps:with([strategy, intensity, auto_shutdown], Options)).

start_dynamic(Options, Id) -> start_worker({worker, Id, Options}).

start_worker({worker, Id, Options}) ->
    Nth = ets:update_counter(history, {tries, Id}, 1, {{tries, Id}, 0}),
    Plan = maps:get(plan, Options),
    Outcome = lists:nth(min(Nth, length(Plan)), Plan),
    case Outcome of
        ok -> ok;
        _ -> ask({log, [text(Outcome), " ", text(Id)]})
    end,
    case Outcome of
        rubbish -> rubbish;
        throws -> error(boom);
        _ ->
            Result = proc_lib:start_link(erlang, apply, [fun worker/3, [self(), Outcome, Options]]),
            case Result of
                {ok, Pid} -> watch(Id, Pid);
                _ -> ok
            end,
            Result
    end.

worker(Parent, Outcome, Options) ->
    process_flag(trap_exit, maps:get(traps, Options)),
    case Outcome of
        ok ->
            proc_lib:init_ack(Parent, {ok, self()}),
            work(Parent, Options);
        ignore ->
            proc_lib:init_ack(Parent, ignore),
            exit(normal);
        refuse ->
            proc_lib:init_ack(Parent, {error, no}),
            exit(normal)
    end.

work(Parent, Options) ->
    receive
        {leave, {error, What}} -> error(What);
        {leave, Reason} -> exit(Reason);
        {'EXIT', Parent, Reason} ->
            case maps:get(last_reason, Options) of
                stays -> receive never -> ok end;
                none -> exit(Reason);
                Last -> exit(Last)
            end;
        _ -> work(Parent, Options)
    end.
