/** Where things are on a host, and what must be true of those folders before anything is done in them. */
export const PLACE = `
newline='
'

# rename OLD NEW: replaces NEW, also where it is a link to a folder. -h is BSD's; the last one says what was wrong.
rename() { mv -fT "$1" "$2" 2>/dev/null || mv -fh "$1" "$2" 2>/dev/null || mv -fT "$1" "$2"; }

# flush FILE, or -f FILE for all of its file system: what is written is on the disk. Not every sync knows either, nor has every host one.
flush() { sync "$@" 2>/dev/null || sync 2>/dev/null || return 0; }

# why FILE: fails, and has cat say why nothing can be written there: of a full disk dash's own printf says "I/O error".
why() { printf %4096s . | cat > "$1.why"; rm -f "$1.why"; exit 1; }

no_link() { for each do [ ! -L "$each" ] || die HOME_REFUSED link "$each"; done; }

# at_home HOME: sets H. No part of the way to it may be a link: what looks like one place would be another.
at_home() {
  case $1 in /*) ;; *) [ -z "$no_home" ] || die HOME_REFUSED missing "$no_home" ;; esac
  case $1 in /*) H=$1; way= ;; *) H=$login_home/$1; way=$login_home; [ "$way" = / ] && way= ;; esac
  case $login_home/ in "$H"/*) die HOME_REFUSED home "$H" ;; esac
  left=\${H#"$way"/}
  while [ -n "$left" ]; do
    part=\${left%%/*}
    case $left in */*) left=\${left#*/} ;; *) left= ;; esac
    way=$way/$part
    no_link "$way"
    [ ! -e "$way" ] || [ -d "$way" ] || die HOME_REFUSED file "$way"
  done
  S=$H/.facsimile
  L=$S/lock
}

# at_place HOME PROJECT: sets H, P, B (its folder), M (what is known about it) and C (what names the current tree).
# A mirror is written =PROJECT: its tree is the home itself, as far as its record and its folder go.
at_place() {
  at_home "$1"
  P=\${2#=}
  B=$H/$P
  M=$S/$P
  no_link "$S" "$M" "$B" "$L"
  mirror=
  C=$B/current
  if [ "$P" != "$2" ]; then at_mirror; return; fi
  no_link "$B/releases" "$B/shared"
  [ ! -L "$M/tree" ] || die STRATEGY_CHANGED "$B" mirror
}

# enter DIR: into that tree; what is listed and hashed there is set with it.
enter() {
  if [ -n "$mirror" ]; then scope=$M/current; cd "$H"; else scope=; cd "$B/releases/$1" 2>/dev/null; fi
}

# text FILE: its bytes behind a +, or - when there is none; ended by NUL.
text() { if [ -f "$1" ]; then printf +; cat "$1"; else printf -; fi; printf '\\0'; }

# holds FOLDER: anything at all.
holds() {
  for each in "$1"/* "$1"/.[!.]* "$1"/..?*; do [ ! -e "$each" ] && [ ! -L "$each" ] || return 0; done
  return 1
}

# nearest FOLDER: itself, or the first one above it that is there.
nearest() {
  near=$1
  while [ ! -d "$near" ]; do near=\${near%/*}; [ -n "$near" ] || near=/; done
  printf '%s' "$near"
}

# runs: sets dir and release to what is current; nothing is where a switch stopped half way.
runs() {
  points
  if [ -n "$mirror" ] && torn; then dir= release=; fi
}

# points: the same from the links alone.
points() {
  leads "$C" "$B/releases" releases/
  dir=$led
  leads "$M/current" "$M"
  release=$led
}

# leads LINK FOLDER [PREFIX]: sets led to the name in FOLDER that it leads to, which takes no process; else to what it says behind PREFIX.
leads() {
  led=
  [ -L "$1" ] || return 0
  if cd -P "$1" 2>/dev/null; then
    case $PWD in "$2"/*/*) ;; "$2"/?*) led=\${PWD##*/}; return ;; esac
  fi
  led=$(readlink "$1")
  case $led in "$3"*/*) led= ;; "$3"?*) led=\${led#"$3"} ;; *) led= ;; esac
}

op_hello() {
  printf '%s\\0' "$login_home"
  for tool in find readlink dd head mv cp ln tail tar xargs; do command -v "$tool" >/dev/null || printf '%s ' "$tool"; done
  [ -n "$hash_tool" ] || printf 'sha256sum '
}

op_facts() {
  printf '%s\\0%s\\0%s\\0' "$(id -un)" "$(uname -s)" "$(date +%s)"
  rsync --version 2>&1 | head -n 1
}

# op_probe HOME PROJECT LOOK...: changes nothing. Records end with NUL; the first character says what each is.
op_probe() {
  at_place "$1" "$2"
  shift 2
  printf 'b%s\\0' "$B"
  if [ -f "$M/marker" ]; then
    IFS= read -r line < "$M/marker"
    printf 'm+%s\\0' "$line"
  elif holds "$B"; then printf 'f\\0'
  fi
  runs
  printf 'c%s\\0r%s\\0' "$dir" "$release"
  [ ! -s "$M/unsettled" ] || printf 'y\\0'
  trees
  for look do
    case $look in
      # space:TREE: nothing is needed where that tree runs.
      space:*) [ "\${dir%%~*}" = "\${look#space:}" ] || look_space ;;
      shared:*) look_shared "\${look#shared:}" ;;
      *) "look_$look" ;;
    esac
  done
  return 0
}

# trees: those that are complete; a mirror has none but what runs.
trees() {
  [ -z "$mirror" ] || return 0
  for each in "$B"/releases/*/; do each=\${each%/}; [ -d "$each" ] && printf 'd%s\\0' "\${each##*/}"; done
}

look_lock() {
  for each in "$L"/*.*; do [ -f "$each" ] && { printf 't%s\\0l%s ' "$(date +%s)" "\${each##*/}"; cat "$each"; printf '\\0'; }; done
}

# All of the history, and the records that are there.
look_history() {
  printf h; text "$M/history.jsonl"
  for each in "$M"/*/; do each=\${each%/}; [ -d "$each" ] && [ ! -L "$each" ] && ! is_work "$each" && printf 'o%s\\0' "\${each##*/}"; done
}

# Enough to know what was confirmed last, also where the last line was cut.
look_last() { printf 'h+'; [ ! -f "$M/history.jsonl" ] || tail -n 2 "$M/history.jsonl" 2>/dev/null; printf '\\0'; }

# left_over: something was left half done, which the next change clears away: how much will be free is not known.
left_over() {
  for each in "$B"/releases/.?*.partial "$M"/stage/?* "$M"/undo/?*; do [ ! -e "$each" ] || return 0; done
  return 1
}

# Free blocks of this file system, their size, and free inodes; by df where stat cannot tell.
look_space() {
  ! left_over || return 0
  folder=$(nearest "$H")
  free=$(stat -f -c '%a %S %d' "$folder" 2>/dev/null) && { printf 'a%s\\0' "$free"; return; }
  printf k; df -Pk "$folder"; printf '\\0'
  printf i; df -Pi "$folder" 2>/dev/null; printf '\\0'
}

# Digests of the current record, so that nobody sends what the other side knows.
look_record() {
  [ -n "$release" ] && cd "$M/$release" 2>/dev/null || return
  printf s
  $hash_tool manifest SHA256SUMS release.json release.json.asc 2>/dev/null
  printf '\\0'
}

# Of which states deploys to this home were. No project's name begins with a dot.
look_state() {
  for each in "$S"/.state.*; do [ -f "$each" ] && IFS= read -r line < "$each" && printf 'n%s\\0' "$line"; done
}

# look_shared PATH: a shared path that has no link in the current tree, nor anything in its place; or whose link leads nowhere, as
# far as this login may look.
look_shared() {
  link=$B/releases/$dir/$1
  [ -z "$dir" ] || [ -e "$link" ] || { [ -L "$link" ] && [ ! -x "$(nearest "$B/shared/$1")" ]; } || printf 'x%s\\0' "$1"
}

# Whether the current tree is as it was left: e (equal), u (no snapshot), or v (moved) and both listings. Comes last.
look_drift() {
  [ -n "$dir" ] && enter "$dir" || return
  seen=$M/current/snapshot
  [ -f "$seen" ] || { printf 'u\\0'; return; }
  if unmoved "$seen"; then printf 'e\\0'; return; fi
  printf 'v\\0'
  cat "$seen"
  listing
}

op_read() {
  at_place "$1" "$2"
  release=$3
  [ -n "$release" ] || runs
  shift 3
  printf '%s\\0' "$release"
  [ -n "$release" ] && [ -d "$M/$release" ] || return 0
  for each do text "$M/$release/$each"; done
}
`;
