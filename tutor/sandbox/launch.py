"""What lies in an environment as ``/var/runtime/bootstrap``: the zygote starts from it, and runtimes show it."""

import sys

sys.path.insert(0, "/tmp")

from tutor.sandbox.zygote import main

main(int(sys.argv[1]))
