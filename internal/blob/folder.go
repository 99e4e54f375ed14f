package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// folder is versitygw's POSIX backend with four traps removed:
//
//   - it syncs data, attributes and the folders that name them before it answers;
//   - it refuses a body that ends before its announced length, which the backend would keep as a shorter object;
//   - it hands absolute paths to the backend, which would otherwise want to be the only thing in the process that
//     uses the working directory;
//   - it repairs uploads whose completion was interrupted by a kill: the backend renames the folder of parts while it
//     assembles them and, when asked again after a restart, would answer "done" without an object.
//
// What is not overridden here is answered "not implemented".
type folder struct {
	backend.BackendUnsupported
	disk *posix.Posix
	root string
	meta meta.MetadataStorer
	lock *os.File
}

func openFolder(root string) (_ *folder, err error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, err
	}
	f := &folder{root: root}
	if f.lock, err = lockFolder(root); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			unlockFolder(f.lock)
		}
	}()
	options := posix.PosixOpts{
		CopyObjectThreshold: 5 << 30, // zero would refuse every copy
		ForceNoObjLockFile:  true,    // the folder has one process; see lockFolder
	}
	options.SetNewDirPerm(0o700)
	options.SetNewFilePerm(0o600)
	if attributesWork(root) {
		f.meta = meta.XattrMeta{}
	} else { // a file system without extended attributes: small files beside the folder hold them
		options.SideCarDir = root + "-attributes"
		if err := os.MkdirAll(options.SideCarDir, 0o700); err != nil {
			return nil, err
		}
		if f.meta, err = meta.NewSideCar(options.SideCarDir); err != nil {
			return nil, err
		}
		options.SideCarDir = "" // only used by the backend to print it
	}
	err = apart(func() error {
		f.disk, err = posix.New(root, f.meta, options)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := f.repair(); err != nil {
		f.disk.Shutdown()
		return nil, fmt.Errorf("repairing %s: %w", root, err)
	}
	return f, nil
}

// repair undoes completions that a kill interrupted and removes temporary files that it left.
func (f *folder) repair() error {
	left, err := filepath.Glob(filepath.Join(f.root, "*", posix.MetaTmpMultipartDir, "*", "*.inprogress"))
	if err != nil {
		return err
	}
	for _, path := range left {
		dir, name := filepath.Split(path)
		id, _, _ := strings.Cut(name, ".")
		bucket := f.root
		rel, err := filepath.Rel(f.root, path)
		if err != nil {
			return err
		}
		first, rest, _ := strings.Cut(rel, string(filepath.Separator))
		bucket = filepath.Join(bucket, first)
		if err := os.Rename(path, filepath.Join(dir, id)); err != nil {
			return err
		}
		if err := f.meta.RenameObject(bucket, rest, filepath.Join(filepath.Dir(rest), id)); err != nil {
			return err
		}
	}
	temporary, err := filepath.Glob(filepath.Join(f.root, "*", posix.MetaTmpDir, "*"))
	if err != nil {
		return err
	}
	for _, path := range temporary {
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *folder) Shutdown() {
	f.disk.Shutdown()
	unlockFolder(f.lock)
}

func (f *folder) String() string { return "folder" }

func (f *folder) NormalizeObjectKey(_, object string) string { return object }

func (f *folder) at(bucket *string) *string {
	if bucket == nil {
		return nil
	}
	p := filepath.Join(f.root, filepath.Base(*bucket))
	return &p
}

func (f *folder) HeadBucket(ctx context.Context, in *s3.HeadBucketInput) (*s3.HeadBucketOutput, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	return f.disk.HeadBucket(ctx, &c)
}

func (f *folder) CreateBucket(ctx context.Context, in *s3.CreateBucketInput, acl []byte) error {
	c := *in
	c.Bucket = f.at(in.Bucket)
	if err := f.disk.CreateBucket(ctx, &c, acl); err != nil {
		return err
	}
	return syncPath(f.root)
}

//nolint:staticcheck // the interface spells it so
func (f *folder) GetBucketAcl(ctx context.Context, in *s3.GetBucketAclInput) ([]byte, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	return f.disk.GetBucketAcl(ctx, &c)
}

func (f *folder) GetBucketPolicy(ctx context.Context, bucket string) ([]byte, error) {
	return f.disk.GetBucketPolicy(ctx, *f.at(&bucket))
}

func (f *folder) GetBucketCors(ctx context.Context, bucket string) ([]byte, error) {
	return f.disk.GetBucketCors(ctx, *f.at(&bucket))
}

func (f *folder) GetBucketOwnershipControls(ctx context.Context, bucket string) (types.ObjectOwnership, error) {
	return f.disk.GetBucketOwnershipControls(ctx, *f.at(&bucket))
}

func (f *folder) GetObjectLockConfiguration(ctx context.Context, bucket string) ([]byte, error) {
	return f.disk.GetObjectLockConfiguration(ctx, *f.at(&bucket))
}

func (f *folder) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	bucket := f.at(in.Bucket)
	in.Bucket = bucket
	// First the data, so that a name never leads to less than the object; then the name and its attributes.
	body := &counted{r: in.Body}
	in.Body = body
	out, err := f.disk.PutObjectWithPostFunc(ctx, in, body.whole(in.ContentLength))
	if err != nil {
		return out, plain(err)
	}
	return out, f.syncObject(*bucket, *in.Key)
}

func (f *folder) HeadObject(ctx context.Context, in *s3.HeadObjectInput) (*s3.HeadObjectOutput, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	return f.disk.HeadObject(ctx, &c)
}

func (f *folder) GetObject(ctx context.Context, in *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	return f.disk.GetObject(ctx, &c)
}

func (f *folder) DeleteObject(ctx context.Context, in *s3.DeleteObjectInput) (*s3.DeleteObjectOutput, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	return f.disk.DeleteObject(ctx, &c)
}

func (f *folder) ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input) (s3response.ListObjectsV2Result, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	out, err := f.disk.ListObjectsV2(ctx, &c)
	out.Name = in.Bucket
	return out, err
}

func (f *folder) CreateMultipartUpload(ctx context.Context, in s3response.CreateMultipartUploadInput) (s3response.InitiateMultipartUploadResult, error) {
	name := in.Bucket
	in.Bucket = f.at(name)
	out, err := f.disk.CreateMultipartUpload(ctx, in)
	if err != nil {
		return out, err
	}
	out.Bucket = *name
	return out, f.syncUpload(*in.Bucket, *in.Key, out.UploadId)
}

func (f *folder) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	body := &counted{r: in.Body}
	c.Body = body
	out, err := f.disk.UploadPartWithPostFunc(ctx, &c, body.whole(c.ContentLength))
	if err != nil {
		return out, plain(err)
	}
	return out, syncPath(f.uploadDir(*c.Bucket, *c.Key, *c.UploadId))
}

func (f *folder) ListParts(ctx context.Context, in *s3.ListPartsInput) (s3response.ListPartsResult, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	out, err := f.disk.ListParts(ctx, &c)
	out.Bucket = *in.Bucket
	return out, err
}

func (f *folder) ListMultipartUploads(ctx context.Context, in *s3.ListMultipartUploadsInput) (s3response.ListMultipartUploadsResult, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	out, err := f.disk.ListMultipartUploads(ctx, &c)
	out.Bucket = *in.Bucket
	return out, err
}

func (f *folder) AbortMultipartUpload(ctx context.Context, in *s3.AbortMultipartUploadInput) error {
	c := *in
	c.Bucket = f.at(in.Bucket)
	return f.disk.AbortMultipartUpload(ctx, &c)
}

func (f *folder) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	c := *in
	c.Bucket = f.at(in.Bucket)
	left := 0
	if in.MultipartUpload != nil {
		left = len(in.MultipartUpload.Parts)
	}
	var busy atomic.Bool // two completions of one upload at once would each think the other has done it
	join := func(from, to *os.File) (bool, error) {
		busy.Store(true)
		start, err := to.Seek(0, io.SeekCurrent)
		if err != nil {
			return true, err
		}
		if _, err = io.Copy(to, from); err != nil {
			return true, errors.Join(err, to.Truncate(start)) // the backend tries again after what is there
		}
		if left--; left > 0 {
			return true, nil
		}
		return true, to.Sync() // before the object gets its name and the parts are removed
	}
	out, version, err := f.disk.CompleteMultipartUploadWithCopy(ctx, &c, join)
	if err != nil {
		return out, version, err
	}
	out.Bucket = in.Bucket
	err = f.syncObject(*c.Bucket, *c.Key)
	if errors.Is(err, fs.ErrNotExist) && !busy.Load() {
		err = nil // another request is assembling it; the client looks for the object itself
	}
	return out, version, err
}

// counted counts the bytes of a body. The length of the written file proves nothing: the backend reserves the announced
// length beforehand, and the HTTP server says of a connection that broke that the body has ended.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// whole returns what is done with a written file before it gets its name: compare the length, sync it.
func (c *counted) whole(announced *int64) func(*os.File) error {
	return func(file *os.File) error {
		info, err := file.Stat()
		if err != nil {
			return err
		}
		if announced != nil && (c.n != *announced || info.Size() != *announced) {
			return s3err.GetAPIError(s3err.ErrIncompleteBody)
		}
		return file.Sync()
	}
}

// plain names what happens every day (a browser goes away in the middle of a part), so that the server neither takes it
// for its own mistake nor prints it.
func plain(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return s3err.GetAPIError(s3err.ErrIncompleteBody)
	}
	if known, ok := errors.AsType[s3err.S3Error](err); ok {
		return known
	}
	return err
}

// syncObject makes the name and the attributes of an object durable: the file, and each folder up to the root.
func (f *folder) syncObject(bucket, key string) error {
	path := filepath.Join(bucket, key)
	if err := syncPath(path); err != nil {
		return err
	}
	return f.syncUp(filepath.Dir(path), bucket)
}

func (f *folder) syncUpload(bucket, key, id string) error {
	return f.syncUp(f.uploadDir(bucket, key, id), bucket)
}

func (f *folder) syncUp(dir, top string) error {
	for ; len(dir) >= len(top); dir = filepath.Dir(dir) {
		if err := syncPath(dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // a neighbour's deletion removes empty folders
			return err
		}
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (f *folder) uploadDir(bucket, key, id string) string {
	return filepath.Join(bucket, posix.MetaTmpMultipartDir, fmt.Sprintf("%x", sha256.Sum256([]byte(key))), id)
}
