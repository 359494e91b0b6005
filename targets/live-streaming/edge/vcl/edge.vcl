vcl 4.1;
# Written by vcl.ts: what this node includes, by its role and its switches.
include "./request.vcl";
include "./settings.vcl";
include "./roles/alone.vcl";
include "./upstreams/origins.vcl";
include "./upstreams/origins-of-other-regions.vcl";
include "./defences/collapsing.vcl";
include "./defences/ms-ttl.vcl";
include "./defences/range-gate.vcl";
include "./defences/shed-caching.vcl";
include "./defences/notifications.vcl";
include "./drain.vcl";
include "./control.vcl";
include "./client.vcl";
include "./clock.vcl";
include "./answer.vcl";
