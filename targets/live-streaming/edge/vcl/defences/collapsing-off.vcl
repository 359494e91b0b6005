vcl 4.1;
sub vcl_recv { set req.hash_ignore_busy = true; }
