/** Names inside the image, and of the image, that other modules use. */

/** The paths of the tools in the image, as in its Dockerfile. */
export const inImage = {
  root: "/seawall",
  node: "/usr/local/bin/node",
  jars: "/opt/cassandra/lib",
  toxiproxy: "/toxiproxy",
  baseMark: "/etc/seawall/base",
} as const;

/** Every image, container and network of Seawall carries this label. */
export const projectLabel = "seawall";
/** The image in `docker-compose.yml`: the newest that was built here. */
export const latestImage = "seawall/target:latest";
