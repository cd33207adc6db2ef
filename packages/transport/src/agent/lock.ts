/**
 * The lock of a home: a folder that holds one file, `<token>.<until>`. Whoever renames that file has the lock: rename(2)
 * succeeds for one only, so that taking over, renewing and losing are one step each.
 */
export const LOCK = `
# op_lock HOME TOKEN LEASE INFO: INFO is lock/1 without its end, which holds the time by this host's clock.
op_lock() {
  at_home "$1"
  no_link "$S" "$L"
  token=$2
  [ -d "$H" ] || mkdir -p "$H" || exit 1
  umask 077
  mkdir -p "$L.$token" || exit 1
  for attempt in 1 2 3 4 5; do
    now=$(date +%s)
    mine=$token.$((now + $3))
    [ "$attempt" = 1 ] || rm -f "$L.$token"/*
    printf '%s,"since":%s}\\n' "$4" "$now" > "$L.$token/$mine" || why "$L.$token/$mine"
    if lay && [ -f "$L/$mine" ]; then
      sweep
      return 0
    fi
    for held in "$L"/*; do
      [ -e "$held" ] || continue
      case \${held##*.} in *[!0-9]*) old= ;; *) [ "\${held##*.}" -lt "$now" ] && old=1 || old= ;; esac
      if [ -z "$old" ]; then rm -rf "$L.$token"; die LOCK_HELD "\${held##*/} $(cat "$held")" "$now"; fi
      # Nobody renewed it: whoever renames it first has it.
      if mv "$held" "$L/$mine" 2>/dev/null; then
        printf '%s,"since":%s}\\n' "$4" "$now" > "$L/$mine"
        rm -rf "$L.$token"
        return 0
      fi
    done
  done
  rm -rf "$L.$token"
  die LOCK_HELD "" "$now"
}

# lay: our folder becomes the lock, unless there is one: rename(2) replaces an empty folder, and no other. A mv that knows no -T moves
# into folders; there, whoever is not alone in a new one goes away again.
lay() {
  mv -fT "$L.$token" "$L" 2>/dev/null && return
  case $(LC_ALL=C mv -T . . 2>&1) in *ption*|*sage*) ;; *) return 1 ;; esac
  rmdir "$L" 2>/dev/null
  mkdir "$L" 2>/dev/null && mv "$L.$token/$mine" "$L/$mine" 2>/dev/null || return 1
  set -- "$L"/*
  if [ $# -eq 1 ]; then rmdir "$L.$token"; return; fi
  rm -f "$L/$mine"
  return 1
}

# What others that were killed right here have left behind.
sweep() {
  for each in "$L".?*; do
    [ ! -e "$each" ] || find "$S" -maxdepth 1 -name 'lock.?*' -mmin +60 -exec rm -rf {} +
    return
  done
}

# still TOKEN LEASE: the lock is ours, or nothing is done. Enough for what nobody sees until it is settled.
still() {
  token=$1
  lease=$2
  for held in "$L/$token".*; do [ ! -f "$held" ] || return 0; done
  die LOCK_LOST
}

# hold TOKEN LEASE: ours for half a lease at least.
hold() {
  still "$@"
  [ $((\${held##*.} - $(date +%s))) -gt $((lease / 2)) ] || renew
}

renew() {
  for held in "$L/$token".*; do
    next=$L/$token.$(($(date +%s) + lease))
    [ "$held" != "$next" ] || return 0
    mv "$held" "$next" 2>/dev/null && return 0
  done
  die LOCK_LOST
}

# renewing COMMAND...: meanwhile the lease is kept up, as long as this session lives; only where work may take long. Where grows
# names a folder, only while something is written in it: a line that died without a word must not keep up a lock.
long=
grows=
renewing() {
  [ "$long" = long ] || [ "$lease" -lt 60 ] || { "$@"; return; }
  # Older than all that is to come.
  [ -z "$grows" ] || : > "$grows/stamp"
  (
    # Short naps: one that is left behind when this ends is soon over.
    naps=0
    while sleep 1 && kill -0 $$ 2>/dev/null; do
      naps=$((naps + 1))
      [ $((naps * 3)) -ge "$lease" ] || continue
      naps=0
      [ -z "$grows" ] || [ -n "$(find "$grows" -newer "$grows/stamp" 2>/dev/null | head -n 1)" ] || continue
      [ -z "$grows" ] || : > "$grows/stamp"
      renew
    done
  ) </dev/null >/dev/null 2>&1 3>&- &
  keeper=$!
  "$@"
  worked=$?
  kill "$keeper" 2>/dev/null
  wait "$keeper" 2>/dev/null
  return "$worked"
}

op_renew() {
  at_home "$1"
  still "$2" "$3"
  renew
}

op_unlock() {
  at_home "$1"
  rm -f "$L/$2".*
  rmdir "$L" 2>/dev/null
  return 0
}
`;
