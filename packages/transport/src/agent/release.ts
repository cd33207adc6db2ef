/** What a place knows about its releases, and which of them runs. */
export const RELEASE = `
# op_keep ... RELEASE: the files of a record, as a tar. 0600: they name what the tree holds.
op_keep() {
  adding "$@"
  umask 077
  [ ! -e "$M/$5.new" ] || rm -rf "$M/$5.new"
  mkdir -p "$M/$5.new" && cd "$M/$5.new" && tar -xmof - || exit 1
  kept "$M/$5.new" "$5"
}

# kept FOLDER RELEASE: it becomes the record. One that is there may be the current one: never without its files.
kept() {
  if [ -d "$M/$2" ]; then mv -f "$1"/* "$M/$2" && rmdir "$1"; else rename "$1" "$M/$2"; fi || exit 1
}

# point LINK TARGET: by rename, so that there is always one or the other. No target: none.
point() {
  if [ -z "$2" ]; then rm -f "$1" || exit 1; return; fi
  new=\${1%/*}/.current.new
  [ ! -L "$new" ] || rm -f "$new"
  ln -s "$2" "$new" && rename "$new" "$1" || exit 1
}

# renamed DIR RELEASE: the same tree in another release: what was known about its files stays true.
renamed() {
  [ -n "$2" ] && [ "$dir" = "$1" ] && [ "$release" != "$2" ] && [ -f "$M/$release/snapshot" ] || return 0
  put "$M/$2/snapshot" < "$M/$release/snapshot"
}

# op_switch ... DIR RELEASE: tells what was current. Another tree is unsettled until its run is confirmed, or all of it taken back.
op_switch() {
  changing "$@"
  runs
  [ -z "$6" ] || [ -d "$M/$6" ] || die NOT_STAGED "$M/$6"
  [ -n "$mirror" ] || [ -z "$5" ] || [ -d "$B/releases/$5" ] || die NOT_STAGED "$B/releases/$5"
  [ "$dir" = "$5" ] || [ -s "$M/unsettled" ] || printf x > "$M/unsettled" || why "$M/unsettled"
  if [ -n "$mirror" ]; then mirror_to "$5" "$6"; return; fi
  renamed "$5" "$6"
  [ "$dir" = "$5" ] && [ -n "$5" ] || point "$B/current" "\${5:+releases/$5}"
  [ "$release" = "$6" ] && [ -n "$6" ] || point "$M/current" "$6"
  printf '%s\\0%s\\0' "$dir" "$release"
}

# op_confirm ... LINE SCOPE STATE RECORD...: appends to the history, notes of which state it was where there is a SCOPE, and
# removes those records. What was listed when the current tree was proven becomes its snapshot.
op_confirm() {
  adding "$@"
  umask 077
  [ -z "$6" ] || { printf '%s\\n' "$7" > "$S/.state.$6.new" && mv -f "$S/.state.$6.new" "$S/.state.$6"; } || why "$S/.state.$6"
  line=$5
  # A line that was cut must not take the next one with it.
  case $(tail -c 1 "$M/history.jsonl" 2>/dev/null; printf .) in .|"$newline".) ;; *) line=$newline$line ;; esac
  printf '%s\\n' "$line" >> "$M/history.jsonl" || why "$M/history.jsonl"
  runs
  shift 7
  for each do shift; [ "$each" = "$release" ] || set -- "$@" "$M/$each"; done
  [ $# -eq 0 ] || discard "$@"
  vouch
  settled
}

# op_rest ...: what ran before a switch runs again, and so do its commands.
op_rest() {
  adding "$@"
  settled
}

settled() { [ ! -s "$M/unsettled" ] || : > "$M/unsettled" || exit 1; }

# op_remember ...: what was listed when the current tree was proven becomes its snapshot.
op_remember() {
  adding "$@"
  runs
  vouch
}

vouch() {
  [ ! -f "$M/seen.$dir" ] || [ ! -d "$M/current" ] || mv -f "$M/seen.$dir" "$M/current/snapshot" || exit 1
  rm -f "$M"/seen.*
  long=long
  [ -z "$mirror" ] || torn || renewing sweep_mirror
}
`;
