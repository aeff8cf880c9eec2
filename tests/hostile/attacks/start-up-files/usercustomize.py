import pathlib

pathlib.Path("@CANARY@/started").touch()
raise SystemExit("BROKE-OUT: a start-up file is run")
