/** Which shared libraries this host has, as far as its loader would find them. Nothing is loaded or run but ldconfig, and nothing changed. */
export const LIBRARIES = `
# The loader's cache. Logins that are not root often lack /sbin in their PATH; musl has no cache.
library_cache() { { ldconfig -p || /sbin/ldconfig -p || /usr/sbin/ldconfig -p; } 2>/dev/null; }

# Where musl was told to look, and where loaders look without being told: one ls, as every process counts.
library_folders() {
  for each in /etc/ld-musl-*.path; do
    [ ! -f "$each" ] || tr ':' '\\n' < "$each" | while IFS= read -r folder; do ls "$folder/"; done
  done
  ls /lib/ /usr/lib/ /lib64/ /usr/lib64/ /usr/local/lib/ /lib/*-linux-*/ /usr/lib/*-linux-*/
}

# op_libraries NAMES PATH...: NAMES, a line each, are all that is told of. A PATH ending with / is a folder that is listed;
# of any other it is told whether it is there. Records end with NUL; the first character says what each is.
op_libraries() {
  names=$1
  shift
  printf m; uname -sm
  printf '\\0c'; library_cache | grep -F -e "$names"
  printf '\\0l'; library_folders 2>/dev/null | grep -F -x -e "$names"
  printf '\\0f'; for each do case $each in */) ls "$each" ;; esac; done 2>/dev/null | grep -F -x -e "$names"
  printf '\\0'
  for each do case $each in */) ;; *) [ ! -e "$each" ] || printf 'p%s\\0' "$each" ;; esac; done
}
`;
