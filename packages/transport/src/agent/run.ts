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
  # Names of one length: they sort as they came. What found no room is lost: that is told, by a file that is there already.
  pump() {
    n=1000000000
    while dd bs=65536 count=1 of="$T/$1.part" || ! mv "$T/room" "$T/lost"; do
      [ -s "$T/$1.part" ] && mv "$T/$1.part" "$T/$1.$n" || break
      while [ -e "$T/$1.$((n - 31))" ] && kill -0 "$agent"; do nap; done
      n=$((n + 1))
    done
    : > "$T/$1.end"
  }
  pump o < "$T/o" &
  pump e < "$T/e" &
  own_group="setsid --"
  command -v setsid >/dev/null || { own_group=; (set -m) && set -m; }
  ( umask "$mask"; exec $own_group "$@" < /dev/null > "$T/o" 2> "$T/e" ) &
  child=$!
  : > "$T/pid.$child"
  # Whoever fetched all removes the folder; when the session is gone, nobody will.
  (
    while kill -0 "$agent"; do [ -p "$T/o" ] || kill -0 "$child" || exit 0; sleep 1; done
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
  folder_for 64 || folder_for 0
  [ -n "$T" ] || { echo "no folder for temporary files: neither /dev/shm nor \${TMPDIR:-/tmp} takes one" >&2; exit 1; }
  mkfifo -m 600 "$T/o" "$T/e" && mkdir "$T/taken.o" "$T/taken.e" || exit 1
  sh -c "$runner" sh "$T" "$$" "$user_umask" "$@" </dev/null >/dev/null 2>&1 3>&- &
  : > "$T/runner.$!"
  printf '%s\\0' "$T"
  look
}

# folder_for PIECES: sets T to a new folder with room for so many pieces of output, and an empty file there that takes its inode.
folder_for() {
  for each in /dev/shm "\${TMPDIR:-/tmp}"; do
    T=$(mktemp -d "$each/facs.XXXXXX" 2>/dev/null) || continue
    dd if=/dev/zero of="$T/room" bs=65536 count="$1" 2>/dev/null && : > "$T/room" && return
    rm -rf "$T"
  done
  T=
  return 1
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
  [ -p "$T/o" ] || { echo "somebody removed $T, where its output was" >&2; exit 1; }
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
  # What is lost is so before all is said.
  [ ! -e "$T/lost" ] || { echo "there was no room for what it said in \${T%/*}: some is lost" >&2; exit 1; }
  gather o
  gather e
  printf '%s\\0%s\\0%s\\0' "$ended" "$(taken o | wc -c | tr -d ' ')" "$(taken e | wc -c | tr -d ' ')"
  taken o
  taken e
  rm -f "$T/taken.o"/* "$T/taken.e"/*
  [ -z "$ended" ] || rm -rf "$T"
}

# abandoned: whoever was to write the status may do so for a second; it may have been killed.
abandoned() {
  sleep 1
  told "$T/status" || : > "$T/status.137"
}

# gather STREAM: what arrived of it is to be told; taken STREAM: that. Neither needs room.
gather() {
  set -- "$T/taken.$1" "$T/$1".1*
  [ ! -e "$2" ] || { into=$1; shift; mv "$@" "$into"; }
}
taken() {
  set -- "$T/taken.$1"/*
  [ ! -e "$1" ] || cat "$@"
}

# op_halt FOLDER: ends it and what it started, and looks.
op_halt() {
  T=$1
  for round in 1 2 3 4 5; do ! told "$T/pid" || break; sleep 0.1 2>/dev/null || sleep 1; done
  end_group "$status"
  # What is another user's cannot be ended; nobody waits for it any more.
  told "$T/status" || abandoned
  look
}
`;
