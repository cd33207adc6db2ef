/**
 * The heart of the program that runs on a host: reads framed requests from stdin, answers framed by a nonce. POSIX sh
 * (dash, bash, BusyBox ash). Nothing that is data ever becomes part of this text.
 *
 * Request: `<operation> <number of arguments> <bytes that follow>\n`, one argument a line (`\\` and newline written `\\\\`
 * and `\\n`), then the bytes, filled up with zeros to a multiple of 4096; of 65536 from a megabyte on.
 * Answer: `\n<nonce> begin\n` body `\n<nonce> end <status>\n` errors `\n<nonce> done\n`; an operation that refuses writes
 * `\n<nonce> fail <CODE>\n` and its details, each ended by NUL, before the end.
 */
export const LOOP = `
dd_exact=
no_home=
# Two of them, or one before a quote, are something else where fish is the login's shell.
backslash=$(printf '\\134')
if cd -P "$HOME" 2>/dev/null; then login_home=$PWD; else login_home=/ no_home=$HOME; fi

know_dd() {
  dd_exact=no
  [ "$(printf abc | dd bs=2 count=1 iflag=fullblock 2>/dev/null)" != ab ] || dd_exact=yes
}

# take SIZE: that many bytes of stdin, and never one more than the frame has (head and the shell may read ahead; dd does not).
take() {
  block=4096
  [ "$1" -lt 1048576 ] || block=65536
  blocks=$((($1 + block - 1) / block))
  if [ $((blocks * block)) -eq "$1" ] && [ "$dd_exact" = yes ]; then dd bs=$block count="$blocks" iflag=fullblock 2>/dev/null
  elif [ "$dd_exact" = yes ]; then dd bs=$block count="$blocks" iflag=fullblock 2>/dev/null | head -c "$1"
  else dd bs=1 count=$((blocks * block)) 2>/dev/null | head -c "$1"; fi
}

# die CODE DETAIL...: refuses the request.
die() {
  printf '\\n%s fail %s\\n' "$nonce" "$1"
  shift
  [ $# -eq 0 ] || printf '%s\\0' "$@"
  exit 9
}

# Runs one operation, in the shell of its answer: whatever it sets or ends is its own. What it leaves of its bytes is read
# away, so that the next request begins where it should.
serve() {
  # Words of tools are read here; those of commands belong to whoever wrote them.
  case $op in hook|run) user_umask=$(umask) ;; *) export LC_ALL=C ;; esac
  umask 022
  if [ "$size" -gt 0 ]; then take "$size" | { trap 'cat >/dev/null' EXIT; "op_$op" "$@"; }
  else "op_$op" "$@" </dev/null; fi
}

answer() {
  printf '\\n%s begin\\n' "$nonce"
  { errors=$( { serve "$@"; } 2>&1 >&3 3>&- ); status=$?; } 3>&1
  printf '\\n%s end %s\\n%s\\n%s done\\n' "$nonce" "$status" "$errors" "$nonce"
}

main() {
  unset CDPATH
  IFS= read -r nonce || exit 0
  printf '\\n%s ready\\n' "$nonce"
  while IFS=' ' read -r op count size; do
    set --
    while [ $# -lt "$count" ]; do
      IFS= read -r argument || exit 0
      case $argument in *"$backslash"*) argument=$(printf '%b.' "$argument"); argument=\${argument%.} ;; esac
      set -- "$@" "$argument"
    done
    [ "$size" -eq 0 ] || [ -n "$dd_exact" ] || know_dd
    answer "$@"
  done
}
`;
