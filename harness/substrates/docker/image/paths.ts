/** Names in and of the image that others rely on. */

/** Where the tools lie in the image, as its Dockerfile puts them. */
export const inImage = {
  root: "/seawall",
  node: "/usr/local/bin/node",
  baseMark: "/etc/seawall/base",
} as const;

/** Of the one image that services of this repository's targets run from. */
export const imageFolder = "targets/image";
export const dockerfile = `${imageFolder}/Dockerfile`;

/** The images that it is made of, by the build argument that names each. */
export type Parts = Readonly<Record<string, string>>;

/** Every image, container and network of ours carries this label. */
export const projectLabel = "seawall";
/** What `docker-compose.yml` names: the newest that was built here. */
export const latestImage = "seawall/target:latest";
