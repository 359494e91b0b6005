vcl 4.1;
# Only the segment itself carries its notifications.
sub read_notifications {}
sub tell_notifications {}
