/**
 * Any command, without a lock. What it says waits in pieces, in memory where there is such a folder, until it is fetched; when
 * the pieces are many the command has to wait. It does not outlive the session.
 */
export const RUN = `
# Constant, and run by a shell of its own, which holds nothing of the session: FOLDER AGENT UMASK WORD...
runner='
  T=$1 agent=$2 mask=$3
  shift 3
  nap() { sleep 0.05 2>/dev/null || sleep 1; }
  tell() { printf %s "$2" > "$T/$1.new" && mv "$T/$1.new" "$T/$1"; }
  # Names of one length: they sort as they came.
  pump() {
    n=1000000000
    while dd bs=65536 count=1 of="$T/$1.part" && [ -s "$T/$1.part" ] && mv "$T/$1.part" "$T/$1.$n"; do
      while [ -e "$T/$1.$((n - 31))" ] && kill -0 "$agent"; do nap; done
      n=$((n + 1))
    done
    tell "$1.end"
  }
  pump o < "$T/o" &
  pump e < "$T/e" &
  own_group=
  command -v setsid >/dev/null && own_group="setsid --"
  ( umask "$mask"; exec $own_group "$@" < /dev/null > "$T/o" 2> "$T/e" ) &
  child=$!
  tell pid "$child"
  # Whoever fetched all removes the folder; when the session is gone, nobody will.
  (
    while kill -0 "$agent"; do [ -p "$T/o" ] || exit 0; sleep 1; done
    set -- "$T"/status.*
    [ -e "$1" ] || { kill -TERM "-$child" || kill -TERM "$child"; sleep 1; kill -KILL "-$child"; }
    rm -rf "$T"
  ) &
  wait "$child"
  : > "$T/status.$?"
'

# op_run HOME INSTANCE WORD...: starts it in HOME, or where a login begins. Tells the folder of its output, and the first of it.
op_run() {
  case $1 in /*) H=$1 ;; *) H=$login_home/$1 ;; esac
  cd "$H" 2>/dev/null || cd "$login_home" || exit 1
  export FACS_INSTANCE="$2"
  shift 2
  for each in /dev/shm "\${TMPDIR:-/tmp}"; do T=$(mktemp -d "$each/facs.XXXXXX" 2>/dev/null) && break; done
  [ -n "$T" ] || { echo "no folder for temporary files: neither /dev/shm nor \${TMPDIR:-/tmp} takes one" >&2; exit 1; }
  mkfifo -m 600 "$T/o" "$T/e" || exit 1
  sh -c "$runner" sh "$T" "$$" "$user_umask" "$@" </dev/null >/dev/null 2>&1 3>&- &
  : > "$T/runner.$!"
  printf '%s\\0' "$T"
  look
}

op_look() {
  T=$1
  look
}

arrived() {
  set -- "$T"/[oe].1*
  [ -e "$1" ]
}

all_said() { [ -f "$T/o.end" ] && [ -f "$T/e.end" ]; }

# look: waits for about a second that there is something to tell. Its status once it ended and all is told; two sizes; what it
# wrote to standard output and error.
look() {
  round=0
  until told "$T/status" || arrived || [ "$round" -gt 20 ]; do
    round=$((round + 1))
    sleep 0.05 2>/dev/null || { sleep 1; round=21; }
  done
  # Not the command itself: it may have become another user.
  [ "$round" -le 20 ] || ! told "$T/runner" || kill -0 "$status" 2>/dev/null || abandoned
  ended=
  # A program that it left running may hold its output open for ever.
  for round in 1 2 3 4 5; do
    told "$T/status" || break
    if all_said || { [ "$round" = 5 ] && ! arrived; }; then ended=$status; break; fi
    ! arrived || break
    sleep 0.05 2>/dev/null || sleep 1
  done
  gather o
  gather e
  printf '%s\\0%s\\0%s\\0' "$ended" "$(($(wc -c < "$T/o.taken")))" "$(($(wc -c < "$T/e.taken")))"
  cat "$T/o.taken" "$T/e.taken"
  [ -z "$ended" ] || rm -rf "$T"
}

# abandoned: whoever was to write the status was killed.
abandoned() {
  sleep 1
  told "$T/status" || : > "$T/status.137"
}

gather() {
  taken=$T/$1.taken
  set -- "$T/$1".1*
  : > "$taken"
  [ ! -e "$1" ] || { cat "$@" > "$taken" && rm -f "$@"; }
}

# op_halt FOLDER: ends it and what it started, and looks.
op_halt() {
  T=$1
  for round in 1 2 3 4 5; do [ ! -f "$T/pid" ] || break; sleep 0.1 2>/dev/null || sleep 1; done
  end_group "$(cat "$T/pid")"
  # What is another user's cannot be ended; nobody waits for it any more.
  for round in 1 2 3 4 5; do ! told "$T/status" || break; sleep 0.1 2>/dev/null || sleep 1; done
  told "$T/status" || : > "$T/status.137"
  look
}
`;
