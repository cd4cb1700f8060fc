"""`bears` for the tests on Linux: forked from a process that has imported the libraries, it starts in a fraction of a second.
`offered` makes the command and that process; run as a script, this file is the command. Where a setting has changed that libraries
read when they are imported, it is a new interpreter."""
import atexit, json, os, signal, socket, sys, threading, traceback
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing import get_context, get_start_method, set_start_method
from pathlib import Path

# settings that are read when they are needed, and what shells change
LATE = {'XDG_CACHE_HOME', 'BEARS_PRECISION', 'BEARS_CACHE_GB', 'BEARS_TEST_USED', 'no_proxy', 'PWD', 'OLDPWD', 'SHLVL', 'PS1', '_'}

def early(env): return {k: v for k,v in env.items() if k not in LATE}

def start(args):
    "Go on as a new interpreter."
    os.execv(sys.executable, [sys.executable, '-c', 'import sys; from bear_classifier.cli import main; sys.exit(main())', *args])

def ask(folder, args):
    "The command: run `args` in a fork of the process of `folder`. Returns the exit status."
    with socket.socket(socket.AF_UNIX) as s:
        if s.connect_ex(f'{folder}/socket'): start(args)
        socket.send_fds(s, [b'.'], [0, 1, 2])
        with s.makefile('rw', encoding='utf-8') as f:
            print(json.dumps(dict(args=args, env=dict(os.environ), cwd=os.getcwd())), file=f, flush=True)
            pid = int(f.readline())
            if not pid: start(args)
            for n in signal.SIGINT, signal.SIGTERM: signal.signal(n, lambda n,_: os.kill(pid, n))
            return int(f.readline() or 1)

def as_new(job):
    "Make a fork like a process that has just been started."
    for n in signal.SIGTERM, signal.SIGCHLD: signal.signal(n, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(job['cwd'])
    os.environ.clear()
    os.environ.update(job['env'])
    sys.argv = ['bears', *job['args']]
    for fd,(name,mode) in enumerate(dict(stdin='r', stdout='w', stderr='w').items()):
        setattr(sys, name, open(fd, mode, encoding='utf-8', closefd=False))

def note_used():
    "Add a line with the processor time (user) of this process and its children to the file of its notebook."
    t = os.times()
    with open(os.environ['BEARS_TEST_USED'], 'a', encoding='utf-8') as f: print(t.user + t.children_user, file=f)

def run(args):
    "Run `bears`. Returns the exit status."
    from bear_classifier.cli import main
    try: code = main(args)
    except SystemExit as e: code = e.code
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()  # a forked process does not run them by itself
    for f in sys.stdout, sys.stderr: f.flush()
    note_used()
    return code or 0

def answer(s, env):
    "In a fork: do what the command at the other end of the socket asks for, and end when it ends."
    _,fds,*_ = socket.recv_fds(s, 1, 3)
    with s.makefile('rw', encoding='utf-8') as f:
        job = json.loads(f.readline())
        if early(job['env'])!=early(env): return print(0, file=f, flush=True)
        for i,fd in enumerate(fds):
            os.dup2(fd, i)
            os.close(fd)
        as_new(job)
        print(os.getpid(), file=f, flush=True)
        threading.Thread(target=lambda: s.recv(1) or os.kill(os.getpid(), signal.SIGKILL), daemon=True).start()
        print(run(job['args']), file=f, flush=True)

def serve(folder, method):
    "Fork for each command, for ever."
    set_start_method(method, force=True)  # for the child processes of a command: the default
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the commands, and for who started this
    env = dict(os.environ)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(f'{folder}/socket')
        s.listen(99)
        import_module('bear_classifier.all')
        with suppress(ImportError): import_module('bear_classifier.core.files').import_openvino()
        while True:
            with s.accept()[0] as one: get_context('fork').Process(target=answer, args=(one, env)).start()

@contextmanager
def offered(ctx, folder):
    "Context in which `folder` has the command `bears`; `ctx` starts the process that it asks."
    command = Path(folder, 'bears')
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{__file__}" "{folder}" "$@"\n', encoding='utf-8')
    command.chmod(0o755)
    p = ctx.Process(target=serve, args=(str(folder), get_start_method()))
    p.start()
    try: yield
    finally: p.kill()

if __name__ == '__main__': sys.exit(ask(sys.argv[1], sys.argv[2:]))
