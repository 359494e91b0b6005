vcl 4.1;
sub fill_from_another_region {}
