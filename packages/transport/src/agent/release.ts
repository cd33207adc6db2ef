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

# op_switch ... DIR RELEASE: tells what was current.
op_switch() {
  changing "$@"
  runs
  [ -z "$6" ] || [ -d "$M/$6" ] || die NOT_STAGED "$M/$6"
  if [ -n "$mirror" ]; then mirror_to "$5" "$6"; return; fi
  [ -z "$5" ] || [ -d "$B/releases/$5" ] || die NOT_STAGED "$B/releases/$5"
  renamed "$5" "$6"
  [ "$dir" = "$5" ] && [ -n "$5" ] || point "$B/current" "\${5:+releases/$5}"
  [ "$release" = "$6" ] && [ -n "$6" ] || point "$M/current" "$6"
  printf '%s\\0%s\\0' "$dir" "$release"
}

# op_confirm ... LINE [SCOPE STATE]: appends to the history, notes of which state it was, and tells what there is to prune.
op_confirm() {
  adding "$@"
  [ -z "$6" ] || ( umask 077; printf '%s\\n' "$7" > "$S/.state.$6.new" && mv -f "$S/.state.$6.new" "$S/.state.$6" ) || why "$S/.state.$6"
  umask 077
  line=$5
  history=$(cat "$M/history.jsonl" 2>/dev/null; printf .)
  history=\${history%.}
  # A line that was cut must not take the next one with it.
  case $history in ""|*"$newline") ;; *) line=$newline$line ;; esac
  [ -z "$5" ] || printf '%s\\n' "$line" >> "$M/history.jsonl" || why "$M/history.jsonl"
  printf 'h+%s%s\\n\\0' "$history" "$line"
  runs
  printf 'c%s\\0r%s\\0' "$dir" "$release"
  trees
  for each in "$M"/*/; do each=\${each%/}; [ -d "$each" ] && [ ! -L "$each" ] && ! is_work "$each" && printf 'k%s\\0' "\${each##*/}"; done
  return 0
}

# op_tidy ... LONG DIRS DIR... RELEASE...: removes those trees and records; what was listed when the current tree was proven becomes
# its snapshot. Removing moves the ctimes of files shared by hard links: if the tree was as proven just before, the listing of
# just after becomes its snapshot. Else the controller gets all three listings, and may know that only paths moved which
# nobody watches.
op_tidy() {
  adding "$@"
  long=$5
  count=$6
  pruned=$count
  shift 6
  runs
  proven=$M/seen.$dir
  [ -f "$proven" ] || proven=$M/current/snapshot
  before=unknown
  if [ -n "$dir" ] && [ -f "$proven" ] && enter "$dir"; then
    before=same
    [ "$pruned" -eq 0 ] || unmoved "$proven" || before=moved
  fi
  printf '%s\\0' "$before"
  case $before in
    moved) cat "$proven"; listing ;;
    same) [ "$pruned" -gt 0 ] || [ "$proven" = "$M/current/snapshot" ] || [ ! -d "$M/current" ] || mv -f "$proven" "$M/current/snapshot" ;;
  esac
  for each do
    shift
    if [ "$count" -eq 0 ]; then set -- "$@" "$M/$each"
    else
      count=$((count - 1))
      rename "$B/releases/$each" "$B/releases/.$each.trash" && set -- "$@" "$B/releases/.$each.trash"
    fi
  done
  for each in "$M"/seen.*; do [ ! -e "$each" ] || set -- "$@" "$each"; done
  [ $# -eq 0 ] || renewing discard "$@"
  [ -z "$mirror" ] || torn || sweep_mirror
  [ "$pruned" -eq 0 ] || case $before in
    same) [ ! -d "$M/current" ] || snapshot ;;
    moved) listing ;;
  esac
}

# op_snapshot ...: stdin is the current tree's snapshot.
op_snapshot() {
  adding "$@"
  [ ! -d "$M/current" ] || put "$M/current/snapshot"
}
`;
