/*
 * sockets: which sockets the container's users may open, though they have no capability.
 *
 * The network namespace is the container's own, so nobody else loses by it: ports below 1024, which
 * are root's on a host, and the echo requests of ping(8). See ip(7), icmp(7), and in the kernel's
 * Documentation/networking/ip-sysctl.rst: ip_unprivileged_port_start, ping_group_range.
 */
#ifndef SOCKETS_H
#define SOCKETS_H

/*
 * Writes both settings into the folder `dir`: /proc/sys/net/ipv4, while root inside may still write
 * there. All groups of `gid_map` may ping: /proc/self/gid_map, see user_namespaces(7). A kernel
 * without a setting has no file for it. Returns 0, or -1 after a report.
 */
int sockets_allow(const char *dir, const char *gid_map);

#endif
