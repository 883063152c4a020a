#!/bin/sh
# Reads and checks an archive as its LEESMIJ.txt says, with nothing but ls, cat and sha512sum.
cd "$1" && ls journal.txt >/dev/null || exit 2
wrong=0 before=
bad() { echo "$1: $2"; wrong=1; }
sum() { sha512sum | { read -r digest _; echo "$digest"; }; }
has() { case $(cat "$1") in *"$2"*) ;; *) bad "$3" "is not what was kept" ;; esac; }
while read -r digest rest; do
  [ "$(printf %s "$rest" | sum)" = "$digest" ] || bad journal.txt "a line was changed: $digest"
  case $rest in '{"archive":'* | *"\"previous\":\"$before\""*) ;; *) bad journal.txt "no chain" ;; esac
  before=$digest
done <journal.txt
for object in ???/urn*; do
  (cd "$object" && sha512sum --quiet -c inventory.json.sha512) || bad "$object" "was changed"
  for file in "$object"/v*/inventory.json; do has journal.txt "$(cat "$file" | sum)" "$file"; done
  for path in $(cat "$object/inventory.json"); do # of its words, those that are paths
    case $path in \"v[0-9]*/content/*) path=${path#\"} path=${path%%\"*} ;; *) continue ;; esac
    has "$object/inventory.json" "\"$(cat "$object/$path" | sum)\": [
   \"$path\"" "$object/$path"
  done
done
[ $wrong = 0 ] && echo "All is as it was kept. Head: $before"
exit $wrong
