vcl 4.1;
sub keep_refusal {
  set beresp.ttl = 0s;
  set beresp.uncacheable = true;
}
