vcl 4.1;
# A node of the top tier: the edges' requests say whether it owns the rendition.
sub clean_owner {}
sub choose_storage {
  set beresp.storage = storage.main;
  if (bereq.http.X-Number && !bereq.http.X-Owner) { call keep_while_young; }
}
include "./young.vcl";
