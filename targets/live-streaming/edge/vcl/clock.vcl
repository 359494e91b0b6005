vcl 4.1;
# The edge's own clock in ISO 8601 with milliseconds, for players with a wrong clock. VCL formats a
# date only as HTTP does.

import std;

sub tell_time {
  set resp.http.X-Time =
    regsub(now, "^..., ([0-9]+) (...) ([0-9]+) ([0-9:]+) GMT$", "\3-\2-\1T\4.")
    + regsub(std.time2real(now - 0.5ms, 0.0), "^.*\.", "") + "Z";
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Jan-", "-01-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Feb-", "-02-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Mar-", "-03-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Apr-", "-04-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-May-", "-05-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Jun-", "-06-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Jul-", "-07-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Aug-", "-08-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Sep-", "-09-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Oct-", "-10-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Nov-", "-11-");
  set resp.http.X-Time = regsub(resp.http.X-Time, "-Dec-", "-12-");
  synthetic(resp.http.X-Time);
  unset resp.http.X-Time;
}
