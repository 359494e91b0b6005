vcl 4.1;
# What the segment itself brought stays on it, and nothing else carries anything.
sub read_notifications {}
sub tell_notifications {}
