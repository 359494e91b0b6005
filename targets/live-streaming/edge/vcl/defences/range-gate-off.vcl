vcl 4.1;
sub refuse_early {}
sub refuse_gone {}
sub refuse_unknown {}
sub end_with_window {}
