vcl 4.1;
sub ask_another_region {}
