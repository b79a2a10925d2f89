# Web files inside the daemon: built by npm in shared/ui, then turned into a C table of gzip'd bytes.
