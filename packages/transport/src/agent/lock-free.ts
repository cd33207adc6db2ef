/** Who has the lock of a home, and taking it from one who will not give it back. */
export const LOCK_FREE = `
# op_holder HOME: the time of this host, and each lock (there is one at most) as its name and what it says.
op_holder() {
  at_home "$1"
  [ ! -d "$S" ] || [ -x "$S" ] || { echo "$S is closed to this login" >&2; exit 1; }
  printf '%s\\0' "$(date +%s)"
  for each in "$L"/*; do [ -f "$each" ] && printf '%s %s\\0' "\${each##*/}" "$(cat "$each")"; done
  return 0
}

# op_free HOME TOKEN UNTIL: frees what is held by that token; with UNTIL, only as long as it was not renewed since. Tells
# whether it did: what somebody else took meanwhile stays his.
op_free() {
  at_home "$1"
  no_link "$S" "$L"
  # It may be renewed, and so get another name, between the look and the removal.
  for round in 1 2 3 4 5; do
    for each in "$L/$2".*; do
      [ -z "$3" ] || [ "$each" = "$L/$2.$3" ] || continue
      rm "$each" 2>/dev/null || continue
      rmdir "$L" 2>/dev/null
      printf freed
      return 0
    done
  done
  return 0
}
`;
