/** Names inside the image, and of the image, that other modules use. */

/** The paths of the tools in the image, as in its Dockerfile. */
export const inImage = {
  root: "/seawall",
  node: "/usr/local/bin/node",
  baseMark: "/etc/seawall/base",
} as const;

/** The folder of the one image from which the services of this repository's targets run. */
export const imageFolder = "targets/image";
export const dockerfile = `${imageFolder}/Dockerfile`;

/** The images that it consists of, by build argument. */
export type Parts = Readonly<Record<string, string>>;

/** Every image, container and network of Seawall carries this label. */
export const projectLabel = "seawall";
/** The image in `docker-compose.yml`: the newest that was built here. */
export const latestImage = "seawall/target:latest";
