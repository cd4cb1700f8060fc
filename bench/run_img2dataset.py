"Run by the Python of an environment that has img2dataset: URLS OUT. Prints the seconds that `download` took, without imports."
import sys, time
from img2dataset import download

if __name__ == '__main__':
    start = time.time()
    # two processes for two cores; 32 threads each is its default for this size of machine, and the fastest of 16, 32 and 64 here
    download(url_list=sys.argv[1], output_folder=sys.argv[2], processes_count=2, thread_count=32, image_size=400,
             resize_mode='keep_ratio_largest', resize_only_if_bigger=True, encode_format='jpg', encode_quality=90, output_format='files',
             number_sample_per_shard=100, timeout=4, retries=0, enable_wandb=False, disallowed_header_directives=[])
    print('seconds', time.time() - start)
