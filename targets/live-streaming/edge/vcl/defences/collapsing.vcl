vcl 4.1;
# Viewers who ask for the same path at once wait for one fetch: Varnish does that by itself.
