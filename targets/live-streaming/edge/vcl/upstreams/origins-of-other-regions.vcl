vcl 4.1;
# X-Skip is the region that answered but lacks the segment: its other zones share its store and lack
# it, too.
sub ask_another_region {
  if (!bereq.http.X-Skip
    && (beresp.http.X-Answer == "missing" || beresp.http.X-Answer == "gone")) {
    set bereq.http.X-Skip = bereq.http.X-Region;
    set bereq.http.X-First = beresp.status;
    return (retry);
  }
}
