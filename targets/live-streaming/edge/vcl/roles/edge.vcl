vcl 4.1;
# An edge below fill nodes: it owns no rendition.
sub clean_owner { unset bereq.http.X-Owner; }
sub choose_storage {
  set beresp.storage = storage.main;
  if (bereq.http.X-Number) { call keep_while_young; }
}
include "./young.vcl";
