/**
 * Commands of the definition's author. They run beside the session, their output in a file: a server left behind by one holds
 * that file and nothing of ours, so that no session waits for it.
 */
export const HOOK = `
# op_hook ... DIR INSTANCE RELEASE PREVIOUS WORD...: starts it, and tells its process.
op_hook() {
  changing "$@"
  if [ -n "$mirror" ]; then cd "$H" || exit 1
  elif [ -n "$5" ]; then cd "$B/releases/$5" 2>/dev/null || die NOT_STAGED "$B/releases/$5"
  else cd "$B/current" 2>/dev/null || cd "$B" || exit 1; fi
  export FACS_INSTANCE="$6" FACS_PROJECT="$P" FACS_RELEASE="$7" FACS_PREVIOUS="$8"
  shift 8
  rm -f "$M/hook.log" "$M/hook.status"
  ( umask 077; : > "$M/hook.log" ) || exit 1
  own_group=
  command -v setsid >/dev/null && own_group=setsid
  umask "$user_umask"
  $own_group sh -c '
    status=$1
    shift
    "$@"
    printf %s $? > "$status.new" && mv "$status.new" "$status"
  ' sh "$M/hook.status" "$@" </dev/null >>"$M/hook.log" 2>&1 3>&- &
  printf '%s' "$!"
}

# op_await HOME PROJECT PROCESS: looks for about a second whether it ended; its status and output when it did.
op_await() {
  at_place "$1" "$2"
  round=0
  while [ ! -f "$M/hook.status" ]; do
    kill -0 "$3" 2>/dev/null || [ -f "$M/hook.status" ] || printf 137 > "$M/hook.status"
    round=$((round + 1))
    [ "$round" -le 20 ] || return 0
    sleep 0.05 2>/dev/null || { sleep 1; round=21; }
  done
  printf '%s\\0%s\\0' "$(cat "$M/hook.status")" "$(wc -c < "$M/hook.log" | tr -d ' ')"
  tail -c 65536 "$M/hook.log"
}

# end_group PROCESS: ends it and what it started, politely, then not.
end_group() {
  group=-$1
  kill -TERM "$group" 2>/dev/null || { group=$1; kill -TERM "$group" 2>/dev/null; }
  for round in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 "$group" 2>/dev/null || break
    sleep 0.1 2>/dev/null || sleep 1
  done
  kill -KILL "$group" 2>/dev/null
  return 0
}

# op_end HOME PROJECT PROCESS: ends it, and tells what it said.
op_end() {
  at_place "$1" "$2"
  end_group "$3"
  rm -f "$M/hook.status"
  printf '%s' "$(wc -c < "$M/hook.log" | tr -d ' ')"
  printf '\\0'
  tail -c 65536 "$M/hook.log"
}
`;
