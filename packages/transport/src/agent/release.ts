/** What a place knows about its releases, and which of them runs. */
export const RELEASE = `
# op_keep ... RELEASE FILE: one file of a record.
op_keep() {
  changing "$@"
  mkdir -p -m 700 "$M/$5" || exit 1
  put "$M/$5/$6"
}

# point LINK TARGET: by rename, so that there is always one or the other. No target: none.
point() {
  if [ -z "$2" ]; then rm -f "$1"; return; fi
  new=\${1%/*}/.current.new
  rm -f "$new"
  ln -s "$2" "$new" && rename "$new" "$1" || exit 1
}

# op_switch ... DIR RELEASE: tells what was current.
op_switch() {
  changing "$@"
  was=$(current_dir)
  knew=$(current_release)
  [ -z "$5" ] || [ -d "$B/releases/$5" ] || die NOT_STAGED "$B/releases/$5"
  [ -z "$6" ] || [ -d "$M/$6" ] || die NOT_STAGED "$M/$6"
  # The same tree in another release: what was known about its files stays true.
  if [ -n "$6" ] && [ "$was" = "$5" ] && [ "$knew" != "$6" ] && [ -f "$M/$knew/snapshot" ]; then put "$M/$6/snapshot" < "$M/$knew/snapshot"; fi
  [ "$was" = "$5" ] && [ -n "$5" ] || point "$B/current" "\${5:+releases/$5}"
  [ "$knew" = "$6" ] && [ -n "$6" ] || point "$M/current" "$6"
  printf '%s\\0%s\\0' "$was" "$knew"
}

# op_confirm ... LINE: appends to the history, and tells what there is to prune.
op_confirm() {
  changing "$@"
  [ -z "$5" ] || ( umask 077; printf '%s\\n' "$5" >> "$M/history.jsonl" ) || exit 1
  printf h; text "$M/history.jsonl"
  printf 'c%s\\0r%s\\0' "$(current_dir)" "$(current_release)"
  for each in "$B"/releases/*/; do each=\${each%/}; [ -d "$each" ] && printf 'd%s\\0' "\${each##*/}"; done
  for each in "$M"/*/; do each=\${each%/}; [ -d "$each" ] && [ ! -L "$each" ] && printf 'k%s\\0' "\${each##*/}"; done
  return 0
}

# op_tidy ... DIRS DIR... RELEASE...: removes those trees and records. Removing moves the ctimes of files shared by hard
# links: if the current tree was as proven just before, the listing of just after becomes its snapshot. Else the
# controller gets all three listings, and may know that only paths moved which nobody watches.
op_tidy() {
  changing "$@"
  count=$5
  shift 5
  proven=$M/seen.$(current_dir)
  [ -f "$proven" ] || proven=$M/current/snapshot
  tree=$B/releases/$(current_dir)
  before=
  [ -f "$proven" ] && ( cd "$tree" && listing ) | cmp -s - "$proven" && before=same
  if [ -z "$before" ] && [ -f "$proven" ]; then printf 'moved\\0'; cat "$proven"; ( cd "$tree" && listing ); else printf '%s\\0' "\${before:-unknown}"; fi
  while [ "$count" -gt 0 ]; do
    rename "$B/releases/$1" "$B/releases/.$1.trash" && renewing discard "$B/releases/.$1.trash"
    count=$((count - 1))
    shift
  done
  for each do rm -rf "$M/$each"; done
  if [ "$before" = same ] && [ -d "$M/current" ]; then ( cd "$tree" && listing ) | put "$M/current/snapshot"
  elif [ -f "$proven" ]; then ( cd "$tree" && listing ); fi
  rm -f "$M"/seen.*
}

# op_snapshot ...: stdin is the current tree's snapshot.
op_snapshot() {
  changing "$@"
  [ ! -d "$M/current" ] || put "$M/current/snapshot"
}
`;
