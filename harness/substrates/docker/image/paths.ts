/** Names in and of the image that others rely on. */

/** Where the tools lie in the image, as its Dockerfile puts them. */
export const inImage = {
  root: "/seawall",
  node: "/usr/local/bin/node",
  jars: "/opt/cassandra/lib",
  toxiproxy: "/toxiproxy",
  baseMark: "/etc/seawall/base",
} as const;

/** Every image, container and network of ours carries this label. */
export const projectLabel = "seawall";
/** What `docker-compose.yml` names: the newest that was built here. */
export const latestImage = "seawall/target:latest";
