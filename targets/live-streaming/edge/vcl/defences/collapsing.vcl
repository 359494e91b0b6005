vcl 4.1;
# Concurrent requests for the same path wait for one fetch. Varnish does that by itself.
