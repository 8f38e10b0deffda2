// The last file of a try in an engine's command line: README.md.
desk.run();
desk.check();
