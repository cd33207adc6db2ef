/**
 * Commands of the definition's author. They run beside the session, their output in a file: a server left behind by one holds
 * that file and nothing of ours, so that no session waits for it.
 */
export const HOOK = `
# op_hook ... DIR INSTANCE RELEASE PREVIOUS WORD...: starts it, and tells its process. What it says lies under the lock's token: of a
# run that was killed something may still be at work.
op_hook() {
  changing "$@"
  if [ -n "$mirror" ]; then cd "$H" || exit 1
  elif [ -n "$5" ]; then cd "$B/releases/$5" 2>/dev/null || die NOT_STAGED "$B/releases/$5"
  else cd "$B/current" 2>/dev/null || cd "$B" || exit 1; fi
  export FACS_INSTANCE="$6" FACS_PROJECT="$P" FACS_RELEASE="$7" FACS_PREVIOUS="$8"
  shift 8
  rm -f "$M"/hook.*
  said=$M/hook.$token
  ( umask 077; : > "$said.log" ) || exit 1
  own_group=
  command -v setsid >/dev/null && own_group=setsid
  umask "$user_umask"
  $own_group sh -c "$hooked" sh "$said" "$$" "$own_group" "$@" </dev/null >>"$said.log" 2>&1 3>&- &
  printf '%s' "$!"
}

# Constant, and run by a shell of its own: SAID AGENT GROUP WORD... When the session is gone, what it began is ended: nobody else would.
hooked='
  said=$1 agent=$2 group=$3
  shift 3
  # In a shell of its own first: zsh ends where it cannot.
  [ -n "$group" ] || { (set -m) && set -m; } 2>/dev/null
  "$@" &
  child=$!
  # Without a group of ours it has one of its own, where the shell gives it one, and has to be told.
  own=-$child
  kill -0 "$own" 2>/dev/null || own=$child
  [ -n "$group" ] || trap "{ kill -TERM $own; sleep 1; kill -KILL $own; } 2>/dev/null & exit 143" TERM
  (
    trap "" TERM
    while kill -0 "$child"; do
      kill -0 "$agent" || { kill -TERM \${group:+-$$} "$own"; sleep 1; kill -KILL \${group:+-$$} "$own"; }
      sleep 0.2 || sleep 1
    done
  ) >/dev/null 2>&1 &
  wait "$child"
  status=$?
  : > "$said.status.$status"
'

# op_await HOME PROJECT TOKEN LEASE PROCESS: looks for about a second whether it ended; its status and output when it did.
op_await() {
  at_place "$1" "$2"
  said=$M/hook.$3
  round=0
  until told "$said.status"; do
    kill -0 "$5" 2>/dev/null || { told "$said.status" || status=137; break; }
    round=$((round + 1))
    [ "$round" -le 20 ] || return 0
    sleep 0.05 2>/dev/null || { sleep 1; round=21; }
  done
  printf '%s\\0' "$status"
  tell_said
}

# told FILE: sets status to the number that an empty file, FILE.<number>, has in its name: for that a full disk has room.
told() {
  for each in "$1".*; do
    status=\${each##*.}
    [ ! -e "$each" ] || return 0
  done
  status=
  return 1
}

# tell_said: its size, and the end of it.
tell_said() {
  printf '%s\\0' "$(wc -c < "$said.log" | tr -d ' ')"
  tail -c 65536 "$said.log"
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

# op_end HOME PROJECT TOKEN LEASE PROCESS: ends it, and tells what it said.
op_end() {
  at_place "$1" "$2"
  said=$M/hook.$3
  end_group "$5"
  rm -f "$said.status".*
  tell_said
}
`;
