/** What a place knows about its releases, and which of them runs. */
export const RELEASE = `
# op_keep ... RELEASE: the files of a record, as a tar. 0600: they name what the tree holds.
op_keep() {
  adding "$@"
  umask 077
  [ ! -e "$M/$5.new" ] || rm -rf "$M/$5.new"
  mkdir -p "$M/$5.new" && cd "$M/$5.new" && tar -xmof - || exit 1
  # One that is there may be the current one: never without its files.
  if [ -d "$M/$5" ]; then mv -f ./* "$M/$5" && rmdir "$M/$5.new"; else rename "$M/$5.new" "$M/$5"; fi || exit 1
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
  [ -z "$6" ] || printf '%s\\n' "$7" | put "$S/.state.$6" || exit 1
  if [ -n "$5" ]; then
    umask 077
    # A line that was cut must not take this one with it.
    [ -z "$(tail -c 1 "$M/history.jsonl" 2>/dev/null)" ] || echo >> "$M/history.jsonl"
    printf '%s\\n' "$5" >> "$M/history.jsonl" || why "$M/history.jsonl"
  fi
  printf h; text "$M/history.jsonl"
  runs
  printf 'c%s\\0r%s\\0' "$dir" "$release"
  trees
  for each in "$M"/*/; do each=\${each%/}; [ -d "$each" ] && [ ! -L "$each" ] && ! is_work "$each" && printf 'k%s\\0' "\${each##*/}"; done
  return 0
}

# op_tidy ... DIRS DIR... RELEASE...: removes those trees and records; what was listed when the current tree was proven becomes
# its snapshot. Removing moves the ctimes of files shared by hard links: if the tree was as proven just before, the listing of
# just after becomes its snapshot. Else the controller gets all three listings, and may know that only paths moved which
# nobody watches.
op_tidy() {
  adding "$@"
  long=long
  count=$5
  shift 5
  runs
  proven=$M/seen.$dir
  [ -f "$proven" ] || proven=$M/current/snapshot
  before=unknown
  if [ "$count" -eq 0 ] && [ -n "$dir" ] && [ -f "$proven" ]; then before=same
  elif [ -n "$dir" ] && [ -f "$proven" ] && enter "$dir"; then
    before=same
    listing | cmp -s - "$proven" || before=moved
  fi
  printf '%s\\0' "$before"
  [ "$before" != moved ] || { cat "$proven"; listing; }
  pruned=$count
  while [ "$count" -gt 0 ]; do
    rename "$B/releases/$1" "$B/releases/.$1.trash" && renewing discard "$B/releases/.$1.trash"
    count=$((count - 1))
    shift
  done
  for each do rm -rf "$M/$each"; done
  [ -z "$mirror" ] || torn || sweep_mirror
  case $before in
    same)
      [ ! -d "$M/current" ] || {
        [ "$pruned" -eq 0 ] || { umask 077; listing > "$M/seen.new" && proven=$M/seen.new; }
        [ "$proven" = "$M/current/snapshot" ] || mv -f "$proven" "$M/current/snapshot"
      } ;;
    moved) listing ;;
  esac
  for each in "$M"/seen.*; do [ ! -e "$each" ] || rm -f "$each"; done
}

# op_snapshot ...: stdin is the current tree's snapshot.
op_snapshot() {
  adding "$@"
  [ ! -d "$M/current" ] || put "$M/current/snapshot"
}
`;
