"""What happens when things go wrong: processes killed, servers down, disks full, nonsense sent, keys destroyed."""
