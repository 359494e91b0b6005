vcl 4.1;
# An edge that fills from the origins itself: it owns all renditions.
sub clean_owner { unset bereq.http.X-Owner; }
sub choose_storage { set beresp.storage = storage.main; }
