"""The product's settings for a test run: a throw-away data folder, whatever the environment says."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="gz-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["GONGZHI_DATA"] = _folder
os.environ.pop("GONGZHI_DEMO", None)

from gongzhi.config.settings import *  # noqa: E402, F403
from gongzhi.config.settings import PASSWORD_HASHERS as _real  # noqa: E402

# Argon2 is slow on purpose; the cast signs in thousands of times. A test of passwords names the hasher itself.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *_real]
