/** Names inside the image, and of the image, that other modules use. */

/** The paths of the tools in the image, as in its Dockerfile. */
export const inImage = {
  root: "/seawall",
  node: "/usr/local/bin/node",
  baseMark: "/etc/seawall/base",
} as const;

/** The folder of the single image for the services of this repository's targets. */
export const imageFolder = "targets/image";
export const dockerfile = `${imageFolder}/Dockerfile`;

/** Its base images, by build argument. */
export type Parts = Readonly<Record<string, string>>;

/** Every image, container and network of Seawall carries this label. */
export const projectLabel = "seawall";
/** The image in `docker-compose.yml`: the newest that was built here. */
export const latestImage = "seawall/target:latest";
